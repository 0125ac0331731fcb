import type { Bytes } from '../ports.ts';

interface ByteChannel {
  /** Waits until the reader took the chunk, or has stopped reading. */
  push(chunk: Uint8Array): Promise<void>;
  close(): void;
  body: Bytes;
}

/** Turns pushed chunks into a stream, one chunk at a time: a second reader beside the one that pulls. */
export function byteChannel(): ByteChannel {
  let waiting: ((result: IteratorResult<Uint8Array, undefined>) => void) | undefined;
  let pending: { chunk: Uint8Array; taken: () => void } | undefined;
  let ended = false;
  const end = () => {
    ended = true;
    pending?.taken();
    pending = undefined;
    waiting?.({ done: true, value: undefined });
    waiting = undefined;
  };
  const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (pending !== undefined) {
      const { chunk, taken } = pending;
      pending = undefined;
      taken();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };
  return {
    push: async (chunk) => {
      if (ended) return;
      if (waiting !== undefined) {
        waiting({ done: false, value: chunk });
        waiting = undefined;
        return;
      }
      await new Promise<void>((taken) => {
        pending = { chunk, taken };
      });
    },
    close: end,
    body: {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          end();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    },
  };
}
