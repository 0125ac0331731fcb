import { createReadStream } from 'node:fs';
import { readPackedFiles } from '../../core/pack/readPackedFiles.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import type { Bytes } from '../../core/submission/ports.ts';
import type { LocalFile } from './localInput.ts';
import { nodeCodecs } from './nodeCodecs.ts';

const chunkBytes = 256 * 1024;

/** Marks a fault of this computer's disk, so that it is told from one of the data, or of the disk written to. */
const unreadable = new WeakSet<Error>();

/** True for an error that a body of streamInput threw because the file could not be read. */
export const isUnreadable = (error: unknown): boolean => error instanceof Error && unreadable.has(error);

/**
 * The bytes of a file, unpacked where it lies in a ZIP.
 * @throws DomainError PackInvalid for a broken entry; errors of the file system, which isUnreadable knows
 */
export function streamInput(file: LocalFile): Bytes {
  if (file.isBrokenPack === true) return { [Symbol.asyncIterator]: () => ({ next: brokenPack }) };
  return file.packed === undefined ? readDisk(file.source) : readPacked(file.source, file.packed);
}

const brokenPack = () => Promise.reject(new DomainError('PackInvalid', 'Cannot read the pack: it is no whole ZIP'));

async function* readDisk(path: string, range: { start?: number } = {}): AsyncGenerator<Uint8Array, void> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes, ...range });
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    if (error instanceof Error) unreadable.add(error);
    throw error;
  } finally {
    stream.destroy();
  }
}

/** Its CRC is compared as well: a manifest, which would have its digest, is not there. */
async function* readPacked(path: string, entry: NonNullable<LocalFile['packed']>): AsyncGenerator<Uint8Array, void> {
  const planned = { ...entry, file: 0, sha256: '' };
  const body = readDisk(path, { start: entry.offset });
  for await (const member of readPackedFiles(body, [planned], entry.offset, nodeCodecs)) {
    let crc32 = 0;
    for await (const chunk of member.body) {
      crc32 = nodeCodecs.crc32(chunk, crc32);
      yield chunk;
    }
    if (crc32 === entry.crc32) return;
    throw new DomainError('PackInvalid', `Cannot read the file at byte ${entry.offset} of the pack: its CRC differs`);
  }
}
