import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { SkippableBytes } from '../../../core/dicom/byteSource.ts';
import { readPackedFiles } from '../../../core/pack/readPackedFiles.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { LocalFile } from './localInput.ts';
import { nodeCodecs } from './nodeCodecs.ts';
import { becameAnother, markUnreadable, onDisk } from './unreadable.ts';

/** It stays in the processor's cache until it is written. */
const chunkBytes = 256 * 1024;
/** A local header with its name, as a rule: more is read when it is longer. */
const localHeaderRoom = 512;

/**
 * The bytes of a file, unpacked where it lies in a ZIP.
 * @throws DomainError PackInvalid for a broken entry; errors of the file system, which isUnreadable knows
 */
export function streamInput(file: LocalFile): SkippableBytes {
  if (file.isBrokenPack === true) return { [Symbol.asyncIterator]: () => ({ next: brokenPack }) };
  if (file.packed !== undefined) return readPacked(file.source, file.packed);
  const place = { file: -1, position: 0 };
  return bodyAt(place, () => openChunks(file.source, place));
}

/**
 * The same body, of a file of its own with that file: it is open until it is closed, so that of what was read ranges
 * can be copied, and it can be told from one that took its place, or was written to, since it was listed. What is packed
 * has no file, and its CRC; its ZIP is closed too, however far it was read.
 * @throws as its body
 */
export function openInput(file: LocalFile) {
  const isOwn = file.packed === undefined && file.isBrokenPack !== true;
  if (!isOwn) return openPacked(file);
  const place = { file: onDisk(() => openSync(file.source, 'r')), position: 0 };
  return {
    body: bodyAt(place, () => chunksAt(place)),
    file: place.file,
    state: () => stateOf(place.file),
    requireSame: () => requireListed(place.file, file),
    close: async () => closeSync(place.file),
  };
}

/** Of two openings with one state both are of one file, to which nobody wrote in between: not even with its old time. */
function stateOf(open: number): string {
  const { dev, ino, size, mtimeMs, ctimeMs } = onDisk(() => fstatSync(open));
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

function requireListed(open: number, { sizeBytes, modifiedMs }: LocalFile): void {
  if (modifiedMs === undefined) return;
  const { size, mtimeMs } = onDisk(() => fstatSync(open));
  if (size !== sizeBytes || mtimeMs !== modifiedMs) becameAnother();
}

function openPacked(file: LocalFile) {
  const chunks = streamInput(file)[Symbol.asyncIterator]();
  const body: SkippableBytes = { [Symbol.asyncIterator]: () => chunks };
  return {
    ...{ body, file: undefined, state: () => undefined, requireSame: () => undefined },
    close: async () => void (await chunks.return?.()),
  };
}

const brokenPack = () => Promise.reject(new DomainError('PackInvalid', 'Cannot read the pack: it is no whole ZIP'));

/** The head of a slice lies in it: readers keep the first chunk, and go on from it when the head is longer. */
const firstBytes = 16 * 1024;

/** Memory that files take turns with: with new memory for each chunk, giving it back took as long as the work. */
const rooms: Uint8Array[] = [];

/** After so many bytes, or as many files as have them, signals have their turn. */
const turnBytes = 16 * 1024 * 1024;
let sinceTurn = 0;

/** Where an open file is read next. */
interface Place {
  file: number;
  position: number;
}

const bodyAt = (place: Place, chunks: () => AsyncGenerator<Uint8Array, void>): SkippableBytes => ({
  [Symbol.asyncIterator]: chunks,
  skip(count) {
    const { size } = onDisk(() => fstatSync(place.file));
    const passed = Math.max(0, Math.min(count, size - place.position));
    place.position += passed;
    return passed;
  },
});

async function* openChunks(path: string, place: Place): AsyncGenerator<Uint8Array, void> {
  place.file = onDisk(() => openSync(path, 'r'));
  try {
    yield* chunksAt(place);
  } finally {
    closeSync(place.file);
  }
}

/**
 * Reads until the file ends, whatever its size was. The first chunk is memory of its own; each other one is valid until
 * the next is asked for. Calls block: for files in the page cache, to hand each call to another thread takes longer.
 */
async function* chunksAt(place: Place): AsyncGenerator<Uint8Array, void> {
  let room = rooms.pop() ?? new Uint8Array(chunkBytes);
  let other = rooms.pop() ?? new Uint8Array(chunkBytes);
  try {
    for (sinceTurn += chunkBytes; ; ) {
      if (sinceTurn >= turnBytes) {
        await setImmediate();
        sinceTurn = 0;
      }
      const into = place.position === 0 ? new Uint8Array(firstBytes) : room;
      const bytesRead = onDisk(() => readSync(place.file, into, 0, into.length, place.position));
      if (bytesRead === 0) return;
      place.position += bytesRead;
      sinceTurn += bytesRead;
      yield into.subarray(0, bytesRead);
      [room, other] = [other, room];
    }
  } finally {
    rooms.push(room, other);
  }
}

/** Reads from an offset on. Each chunk is memory of its own. */
async function* readDisk(path: string, start: number, expectedBytes: number): AsyncGenerator<Uint8Array, void> {
  const file = await open(path).catch(markUnreadable);
  try {
    let position = start;
    for (;;) {
      // one byte more than is expected: a reading that is not filled has seen the end
      const left = start + expectedBytes + 1 - position;
      const room = Buffer.allocUnsafeSlow(left > 0 ? Math.min(chunkBytes, left) : chunkBytes);
      const { bytesRead } = await file.read(room, 0, room.length, position).catch(markUnreadable);
      if (bytesRead > 0) yield room.subarray(0, bytesRead);
      if (bytesRead < room.length) return;
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Its CRC is compared as well: a manifest, which would have its digest, is not there. */
async function* readPacked(path: string, entry: NonNullable<LocalFile['packed']>): AsyncGenerator<Uint8Array, void> {
  const planned = { ...entry, file: 0, sha256: '' };
  const body = readDisk(path, entry.offset, entry.storedBytes + localHeaderRoom);
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
