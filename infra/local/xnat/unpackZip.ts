import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Entry, open, type ZipFile } from 'yauzl';
import { refusal } from './refusal.ts';

/** More than any study has slices; bounds the work one request can ask for. */
const ENTRIES = 400_000;
/** Bytes one ZIP may unpack to. */
const UNPACKED_BYTES = 64 * 1024 ** 3;

const openZip = promisify<string, { lazyEntries: true; autoClose: false }, ZipFile>(open);

/**
 * Reads a ZIP on disk by its central directory, so that data descriptors and stored entries of a streamed ZIP cannot
 * mislead; sizes and CRC-32 are checked. Directories are skipped.
 * @throws refusal 400 for a broken, encrypted or oversized ZIP or a path that leaves it
 */
export async function unpackZip(path: string, take: (name: string, body: AsyncIterable<Uint8Array>) => Promise<void>) {
  const zip = await openZip(path, { lazyEntries: true, autoClose: false }).catch((error) => {
    throw unreadable(error);
  });
  try {
    let unpacked = 0;
    for await (const entry of entriesOf(zip)) {
      unpacked += entry.uncompressedSize;
      if (unpacked > UNPACKED_BYTES || zip.entryCount > ENTRIES) throw refusal(400, 'The archive is too large');
      if (entry.fileName.endsWith('/')) continue;
      if (entry.isEncrypted()) throw refusal(400, 'Unable to read the archive: an entry is encrypted');
      await take(entry.fileName, contentOf(zip, entry));
    }
  } finally {
    zip.close();
  }
}

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

async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(unreadable(error))));
  });
  let checksum = 0;
  try {
    for await (const chunk of stream) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw unreadable(error);
  }
  if (checksum !== entry.crc32) throw unreadable(new Error('CRC-32 differs'));
}

const unreadable = (cause: unknown) => Object.assign(refusal(400, 'Unable to read the archive'), { cause });
