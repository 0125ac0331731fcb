import { type FileHandle, open as openFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { refusal } from './refusal.ts';
import { type FileRange, storedBlocks } from './storedBlocks.ts';

/** More than any study has slices; bounds the work one request can ask for. */
const ENTRIES = 400_000;
/** Bytes one ZIP may unpack to. */
const UNPACKED_BYTES = 64 * 1024 ** 3;
/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024;
const INFLATED_BYTES = 256 * 1024;

/**
 * Reads a ZIP on disk by its central directory, so that data descriptors and stored entries of a streamed ZIP cannot
 * mislead; sizes and CRC-32 are checked. Directories are skipped.
 * @throws refusal 400 for a broken, encrypted or oversized ZIP or a path that leaves it
 */
export async function unpackZip(path: string, take: (name: string, body: AsyncIterable<Uint8Array>) => Promise<void>) {
  const file = await openFile(path);
  try {
    const zip = await openZip(file);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let unpacked = 0;
    for await (const entry of entriesOf(zip)) {
      unpacked += entry.uncompressedSize;
      if (unpacked > UNPACKED_BYTES || zip.entryCount > ENTRIES) throw refusal(400, 'The archive is too large');
      if (entry.fileName.endsWith('/')) continue;
      if (entry.isEncrypted()) throw refusal(400, 'Unable to read the archive: an entry is encrypted');
      await take(entry.fileName, contentOf({ file, buffer }, zip, entry));
    }
  } finally {
    await file.close();
  }
}

const fromDescriptor = promisify<number, { lazyEntries: true; autoClose: false }, ZipFile>(fromFd);

const openZip = ({ fd }: FileHandle) =>
  fromDescriptor(fd, { lazyEntries: true, autoClose: false }).catch((error) => {
    throw unreadable(error);
  });

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  while (zip.entriesRead < zip.entryCount) {
    yield await new Promise<Entry>((resolve, reject) => {
      const settle = () => zip.removeAllListeners();
      zip.once('entry', (entry: Entry) => {
        settle();
        resolve(entry);
      });
      zip.once('error', (error: Error) => {
        settle();
        reject(unreadable(error));
      });
      zip.readEntry();
    });
  }
}

async function* contentOf(
  reader: Pick<FileRange, 'file' | 'buffer'>,
  zip: ZipFile,
  entry: Entry,
): AsyncGenerator<Uint8Array> {
  const start = await new Promise<number>((resolve, reject) => {
    zip.readLocalFileHeader(entry, { minimal: true }, (error, header) =>
      error === null ? resolve(header.fileDataStart) : reject(unreadable(error)),
    );
  });
  const range = { ...reader, start, end: start + entry.compressedSize };
  const content = entry.compressionMethod === 0 ? readRange(range) : inflated(range, entry);
  let checksum = 0;
  let sizeBytes = 0;
  for await (const chunk of content) {
    checksum = crc32(chunk, checksum);
    sizeBytes += chunk.byteLength;
    if (sizeBytes > entry.uncompressedSize) break;
    yield chunk;
  }
  if (sizeBytes !== entry.uncompressedSize) throw unreadable(new Error('The size differs'));
  if (checksum !== entry.crc32) throw unreadable(new Error('The CRC-32 differs'));
}

async function* readRange({ file, buffer, start, end }: FileRange): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) throw unreadable(new Error('The data ends early'));
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/**
 * Deflate that was never compressed, as our own packs are, is copied: to inflate it would take most of an upload's time.
 * @throws refusal 400 for a method other than deflate and for broken data
 */
async function* inflated(range: FileRange, entry: Entry): AsyncGenerator<Uint8Array> {
  if (entry.compressionMethod !== 8) throw refusal(400, 'Unable to read the archive: unknown compression');
  let copied = 0;
  const blocks = storedBlocks(range);
  for (;;) {
    const { done, value } = await blocks.next();
    if (done && value === 'ended') return;
    if (done) break;
    copied += value.byteLength;
    yield value;
  }
  for await (const chunk of inflate(range)) {
    const known = Math.min(copied, chunk.byteLength);
    copied -= known;
    if (known < chunk.byteLength) yield chunk.subarray(known);
  }
}

async function* inflate(range: FileRange): AsyncGenerator<Uint8Array> {
  // inflate keeps its input while it works, so it gets copies
  const copies = async function* () {
    for await (const chunk of readRange(range)) yield Buffer.from(chunk);
  };
  const content = pipeline(copies, createInflateRaw({ chunkSize: INFLATED_BYTES }), () => {});
  try {
    yield* content;
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown) => Object.assign(refusal(400, 'Unable to read the archive'), { cause });
