import { limits } from '../../policy/limits.ts';
import { DomainError } from '../codes/DomainError.ts';
import { ManifestLine } from '../contracts/Manifest.ts';
import type { ManifestSummary } from '../contracts/Submission.ts';
import type { Bytes, Codecs } from '../ports.ts';
import { lines } from '../storage/documents.ts';
import { observeBytes } from '../storage/observeBytes.ts';
import type { NumberedLine } from './planBatches.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a manifest as groups of lines by object, in its own order.
 * @throws DomainError ManifestInvalid for what breaks the schema or the grouping, ManifestMismatch when digest, size
 * or counts differ from what was announced
 */
export async function readManifest(
  body: Bytes,
  announced: ManifestSummary,
  codecs: Pick<Codecs, 'sha256'>,
): Promise<Map<string, NumberedLine[]>> {
  const observed = observeBytes(body, codecs);
  const objects = new Map<string, NumberedLine[]>();
  let file = 0;
  let bytes = 0;
  let open = '';
  for await (const text of lines(observed.body, limits.manifestBytes)) {
    const { object, path, size, sha256 } = parseLine(text, file);
    if (object !== open && objects.has(object)) throw invalid(file, 'its object was already closed');
    if (file >= limits.manifestFiles) throw invalid(file, 'there are too many files');
    open = object;
    if (!objects.has(object)) objects.set(object, []);
    objects.get(object)?.push({ file, path, size, sha256 });
    file += 1;
    bytes += size;
  }
  const { sizeBytes, sha256 } = await observed.finish();
  const arrived: ManifestSummary = { sha256, sizeBytes, files: file, bytes };
  for (const field of ['sha256', 'sizeBytes', 'files', 'bytes'] as const) {
    if (arrived[field] === announced[field]) continue;
    throw new DomainError('ManifestMismatch', `Cannot accept the manifest: its ${field} differs from the announcement`);
  }
  return objects;
}

function parseLine(text: Uint8Array, file: number): ManifestLine {
  const parsed = ManifestLine.safeParse(parseJson(text));
  if (!parsed.success) throw invalid(file, 'it does not fit the schema');
  return parsed.data;
}

/** Broken JSON and broken UTF-8 become undefined, which fits no schema: the parser's message could quote a path. */
function parseJson(text: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(text));
  } catch {
    return undefined;
  }
}

const invalid = (file: number, why: string) =>
  new DomainError('ManifestInvalid', `Cannot read line ${file + 1} of the manifest: ${why}`);
