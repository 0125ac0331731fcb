import { createInflateRaw, type InflateRaw } from 'node:zlib';
import { type ByteCursor, unreadable } from './byteCursor.ts';

/** Header of a stored block (RFC 1951 §3.2.4): three bits, filled up to a byte, then its length and the complement. */
const BLOCK_HEADER_BYTES = 5;
/** How far back compressed blocks refer (RFC 1951 §2). */
const WINDOW_BYTES = 32 * 1024;
const READ_BYTES = 256 * 1024;
const INFLATED_BYTES = 256 * 1024;

/**
 * The content of one deflate stream, whose own end leaves the cursor behind it. Blocks that were never compressed, as
 * in our own packs, are passed on as they came: to inflate them would take most of an upload's time.
 * @throws refusal 400 for data that is not deflate or ends early
 */
export async function* inflateEntry(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  const window = keepWindow();
  for (;;) {
    const header = await cursor.exactly(BLOCK_HEADER_BYTES);
    const kind = header.readUInt8(0);
    const length = header.readUInt16LE(1);
    if (kind > 1 || (length ^ 0xffff) !== header.readUInt16LE(3)) {
      cursor.giveBack(header);
      return yield* inflate(cursor, window.bytes());
    }
    for (let left = length; left > 0; ) {
      const piece = await cursor.take(left);
      if (piece.byteLength === 0) throw unreadable(new Error('A stored block ends early'));
      left -= piece.byteLength;
      window.add(piece);
      yield piece;
    }
    if (kind === 1) return;
  }
}

/** The last pieces that cover the window. */
function keepWindow() {
  const pieces: Uint8Array[] = [];
  let keptBytes = 0;
  return {
    add(piece: Uint8Array) {
      pieces.push(piece);
      keptBytes += piece.byteLength;
      for (let [first] = pieces; first && keptBytes - first.byteLength >= WINDOW_BYTES; [first] = pieces) {
        keptBytes -= first.byteLength;
        pieces.shift();
      }
    },
    bytes: () => Buffer.concat(pieces).subarray(-WINDOW_BYTES),
  };
}

/** From the beginning of a block on, with what the blocks before it gave. */
async function* inflate(cursor: ByteCursor, dictionary: Buffer): AsyncGenerator<Uint8Array> {
  const known = dictionary.length === 0 ? {} : { dictionary };
  const inflater = createInflateRaw({ chunkSize: INFLATED_BYTES, ...known });
  const fed = feed(cursor, inflater).catch((error: Error) => void inflater.destroy(error));
  try {
    yield* inflater;
  } catch (error) {
    throw unreadable(error);
  }
  await fed;
}

/** What comes after the end of the deflate stream goes back: zlib tells it by what it does not take. */
async function feed(cursor: ByteCursor, inflater: InflateRaw): Promise<void> {
  for (let sent = 0; ; ) {
    const piece = await cursor.take(READ_BYTES);
    if (piece.byteLength === 0) return void inflater.end();
    sent += piece.byteLength;
    await new Promise<void>((resolve, reject) => {
      inflater.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    const left = sent - inflater.bytesWritten;
    if (left > 0) return cursor.giveBack(piece.subarray(piece.byteLength - left));
  }
}
