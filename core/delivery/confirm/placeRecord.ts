import { writePack } from '../../pack/writePack.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Ports } from '../../submission/ports.ts';

interface Placing {
  /** XNAT's address of the session. */
  uri: string;
  name: string;
  document: Uint8Array;
}

/**
 * Puts one document into the resource AIRLOCK of a session and reads it back. Safe to repeat: what an XNAT that died
 * kept of it is written anew, and nothing else is ever replaced. To be called in the session's turn.
 * @throws DomainError ArchiveMismatch, and what the archive throws
 */
export async function placeRecord(
  { archive, codecs }: Pick<Ports, 'archive' | 'codecs'>,
  { uri, name, document }: Placing,
): Promise<void> {
  const md5 = md5Of(codecs, document);
  const isBeginning = (stored: { sizeBytes: number; md5: string }) =>
    stored.sizeBytes < document.length && stored.md5 === md5Of(codecs, document.subarray(0, stored.sizeBytes));
  const standing = await archive.findRecord(uri, name);
  if (standing === undefined || isBeginning(standing)) {
    await archive.putRecord(uri, writePack(only(name, document), codecs));
  }
  const stored = await archive.findRecord(uri, name);
  if (stored?.md5 === md5) return;
  throw new DomainError('ArchiveMismatch', 'Cannot keep a record in XNAT: another one stands under its name');
}

async function* only(name: string, bytes: Uint8Array) {
  yield { name, body: once(bytes) };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

function md5Of(codecs: Ports['codecs'], bytes: Uint8Array): string {
  const hasher = codecs.md5();
  hasher.update(bytes);
  return hasher.hex();
}
