import type { Bytes } from '../submission/ports.ts';

/** A stream read by count. Calls take their turn, so a reader that was left cannot tear bytes out of the next one. */
export interface ByteSource {
  /** Bytes handed out or skipped so far. */
  position(): number;
  /** At least one byte and at most so many; undefined at the end. */
  read(maxBytes: number): Promise<Uint8Array | undefined>;
  /** Undefined when the stream ends before; meant for a few bytes. */
  readExactly(byteLength: number): Promise<Uint8Array | undefined>;
  /** False when that position is behind, or after the end. */
  skipTo(position: number): Promise<boolean>;
  /** The error with which the stream failed; every later call fails with it. */
  fault(): unknown;
  close(): Promise<void>;
}

export function openByteSource(body: Bytes): ByteSource {
  const chunks = body[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  let position = 0;
  let fault: unknown;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  async function pull(maxBytes: number): Promise<Uint8Array | undefined> {
    if (fault !== undefined) throw fault;
    while (held.length === 0) {
      const { done, value } = await chunks.next().catch((error: unknown) => {
        fault = error;
        throw error;
      });
      if (done) return undefined;
      held = value;
    }
    const taken = held.subarray(0, maxBytes);
    held = held.subarray(taken.length);
    position += taken.length;
    return taken;
  }

  async function pullExactly(byteLength: number): Promise<Uint8Array | undefined> {
    const whole = new Uint8Array(byteLength);
    for (let filled = 0; filled < byteLength; ) {
      const chunk = await pull(byteLength - filled);
      if (chunk === undefined) return undefined;
      whole.set(chunk, filled);
      filled += chunk.length;
    }
    return whole;
  }

  async function pullTo(target: number): Promise<boolean> {
    while (position < target) {
      if ((await pull(target - position)) === undefined) return false;
    }
    return position === target;
  }

  return {
    position: () => position,
    read: (maxBytes) => inTurn(() => pull(maxBytes)),
    readExactly: (byteLength) => inTurn(() => pullExactly(byteLength)),
    skipTo: (target) => inTurn(() => pullTo(target)),
    fault: () => fault,
    close: async () => {
      await chunks.return?.();
    },
  };
}
