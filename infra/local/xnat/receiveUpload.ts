import type { IncomingMessage } from 'node:http';
import { Busboy } from '@fastify/busboy';
import type { ArchiveFolder, Arrived } from './archiveFolder.ts';
import type { Site } from './call.ts';
import { refusal } from './refusal.ts';

/** One file as it came, whole, under the name its sender gave. */
interface ReceivedFile {
  name: string | undefined;
  arrived: Arrived;
}

export interface Upload {
  /** What arrived whole. */
  files: ReceivedFile[];
  /** The body of a request that is one archive to unpack: it is read while it comes. */
  archive: AsyncIterable<Uint8Array> | undefined;
  /** Query parameters, and form fields over them. */
  parameters: URLSearchParams;
}

/** Media types that mean a raw body without inbody=true. */
const rawTypes = new Set(['application/zip', 'application/dicom', 'application/x-tar', 'application/x-gtar']);

export const mediaType = (request: IncomingMessage) =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * Takes a raw body (`inbody=true` or a media type XNAT knows) or a multipart form.
 * @throws refusal 406 for inbody with multipart, 400 without data, 500 for an in-body file without length
 */
export async function receiveUpload(
  request: IncomingMessage,
  query: URLSearchParams,
  { folder, faults }: Pick<Site, 'folder' | 'faults'>,
): Promise<Upload> {
  const isInBody = query.get('inbody') === 'true';
  const type = mediaType(request);
  if (type === 'multipart/form-data') {
    if (isInBody) throw refusal(406, 'A multipart form cannot be an in-body file');
    return receiveForm(request, query, folder);
  }
  if (!isInBody && !rawTypes.has(type)) throw refusal(400, 'Unable to identify data in the request');
  // XNAT takes a body of unknown length (chunked) for an empty one, unless it is a ZIP
  const isRefused = faults.get().refusesChunked && type !== 'application/zip';
  if (isRefused && !(Number(request.headers['content-length'] ?? 0) > 0)) {
    throw refusal(500, 'FileUploadException: In-body File posts must include the file directly as the body');
  }
  const isUnpacked = query.get('extract') === 'true' || query.has('import-handler');
  if (isUnpacked) return { files: [], archive: request, parameters: query };
  return {
    files: [{ name: undefined, arrived: await folder.receive(request) }],
    archive: undefined,
    parameters: query,
  };
}

async function receiveForm(request: IncomingMessage, query: URLSearchParams, folder: ArchiveFolder): Promise<Upload> {
  const parameters = new URLSearchParams(query);
  const pending: Array<Promise<ReceivedFile>> = [];
  const { 'content-type': contentType = '', ...headers } = request.headers;
  const form = new Busboy({ headers: { ...headers, 'content-type': contentType } });
  form.on('field', (name, value) => parameters.set(name, value));
  form.on('file', (_field, stream, name) => {
    pending.push(folder.receive(stream).then((arrived) => ({ name, arrived })));
  });
  await new Promise<void>((resolve, reject) => {
    form.on('finish', () => resolve());
    form.on('error', (cause) => reject(Object.assign(refusal(400, 'The form is broken'), { cause })));
    request.on('error', reject);
    request.pipe(form);
  });
  const files = await Promise.all(pending);
  if (files.length === 0) throw refusal(400, 'Unable to identify data in the request');
  return { files, archive: undefined, parameters };
}
