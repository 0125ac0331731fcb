import { refusal } from './refusal.ts';

export const unreadable = (cause: unknown) => Object.assign(refusal(400, 'Unable to read the archive'), { cause });

export type ByteCursor = ReturnType<typeof byteCursor>;

/** A stream of chunks, read by lengths. Nothing is copied but what `exactly` joins. */
export function byteCursor(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let present: Uint8Array = new Uint8Array(0);

  /** The next bytes, as they came and at most so many; none at the end of the stream. */
  const take = async (most: number): Promise<Uint8Array> => {
    while (present.byteLength === 0) {
      const { done, value } = await chunks.next();
      if (done === true) return present;
      present = value;
    }
    const taken = present.subarray(0, most);
    present = present.subarray(taken.byteLength);
    return taken;
  };

  return {
    take,
    /** @throws refusal 400 when the stream ends before */
    async exactly(count: number): Promise<Buffer> {
      const bytes = Buffer.allocUnsafe(count);
      for (let filled = 0; filled < count; ) {
        const taken = await take(count - filled);
        if (taken.byteLength === 0) throw unreadable(new Error('The archive ends early'));
        bytes.set(taken, filled);
        filled += taken.byteLength;
      }
      return bytes;
    },
    /** Bytes that were taken last, to be taken again. */
    giveBack(bytes: Uint8Array) {
      present = present.byteLength === 0 ? bytes : Buffer.concat([bytes, present]);
    },
    /** Reads the rest away. */
    async drain() {
      present = new Uint8Array(0);
      while ((await chunks.next()).done !== true);
    },
  };
}
