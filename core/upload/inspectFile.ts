import { readDicom } from '../dicom/readDicom.ts';
import { readText } from '../dicom/readText.ts';
import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import type { LocalFile } from './planUpload.ts';
import type { ReadFile } from './readParts.ts';

/** SHA-256 (hex) of bytes that are held whole, beside the thread that asks where the platform can. */
export type DigestBytes = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

export interface InspectPorts {
  /** A range of a local file; fewer bytes only where the file ends. */
  readFile: ReadFile;
  codecs: Codecs;
  digestBytes: DigestBytes;
}

/** A file as this computer knows it. Patient and study are the header's own: they stay here. */
export interface InspectedFile {
  file: LocalFile;
  patient: string | undefined;
  /** Why the header of a DICOM file cannot be read: a code of the error catalogue. */
  broken: string | undefined;
}

/** Chunks of a file that is too large to hold. */
const chunkBytes = 4 * 1024 * 1024;

/**
 * Reads a local file once: its digests, whether it is DICOM, and the few header values that order slices and count
 * patients. Files up to limits.packFileMaxBytes are held whole, larger ones by chunks.
 * @throws DomainError ManifestMismatch when the file is shorter than it was listed
 */
export async function inspectFile(
  ports: InspectPorts,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<InspectedFile> {
  const isSmall = sizeBytes <= limits.packFileMaxBytes;
  const { digests, head } = isSmall
    ? await readWhole(ports, path, sizeBytes)
    : await readChunks(ports, path, sizeBytes);
  const { kind, order, patient, broken } = await readHeader(head, ports.codecs);
  return { file: { path, sizeBytes, ...digests, kind, ...(order && { order }) }, patient, broken };
}

interface Digested {
  digests: Pick<LocalFile, 'sha256' | 'crc32'>;
  /** The file from its start, again. */
  head: Bytes;
}

async function readWhole(
  { readFile, codecs, digestBytes }: InspectPorts,
  path: string,
  sizeBytes: number,
): Promise<Digested> {
  const bytes = await readFile(path, { start: 0, end: sizeBytes });
  requireLength(bytes, sizeBytes);
  return { digests: { sha256: await digestBytes(bytes), crc32: codecs.crc32(bytes) }, head: streamOf([bytes]) };
}

async function readChunks({ readFile, codecs }: InspectPorts, path: string, sizeBytes: number): Promise<Digested> {
  const hash = codecs.sha256();
  let crc32 = 0;
  for await (const chunk of chunksOf({ readFile }, path, sizeBytes)) {
    hash.update(chunk);
    crc32 = codecs.crc32(chunk, crc32);
  }
  return { digests: { sha256: hash.hex(), crc32 }, head: chunksOf({ readFile }, path, sizeBytes) };
}

async function* chunksOf({ readFile }: { readFile: ReadFile }, path: string, sizeBytes: number): Bytes {
  for (let start = 0; start < sizeBytes; start += chunkBytes) {
    const end = Math.min(sizeBytes, start + chunkBytes);
    const chunk = await readFile(path, { start, end });
    requireLength(chunk, end - start);
    yield chunk;
  }
}

async function* streamOf(chunks: Uint8Array[]): Bytes {
  yield* chunks;
}

function requireLength(bytes: Uint8Array, byteLength: number): void {
  if (bytes.length === byteLength) return;
  throw new DomainError('ManifestMismatch', 'Cannot read a file: it is shorter than it was listed');
}

type Header = Pick<LocalFile, 'kind' | 'order'> & Pick<InspectedFile, 'patient' | 'broken'>;

/** The header by the pipeline's own reader, up to the pixels: what it refuses here, it would refuse there. */
async function readHeader(head: Bytes, codecs: Codecs): Promise<Header> {
  const read = await readDicom(head, codecs).catch((error: unknown) => {
    if (DomainError.is(error)) return error;
    throw error;
  });
  if (DomainError.is(read)) {
    if (read.name === 'NotDicom') return { kind: 'other', order: undefined, patient: undefined, broken: undefined };
    return { kind: 'dicom', order: undefined, patient: undefined, broken: read.name };
  }
  const text = (tag: number) => readText(read.head, read.index, tag);
  const parts = { study: text(0x0020000d), series: text(0x0020000e), instance: text(0x00200013) };
  const order = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  return { kind: 'dicom', order, patient: text(0x00100020), broken: undefined };
}
