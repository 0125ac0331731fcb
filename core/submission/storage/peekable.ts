interface Peekable<T> {
  /** The next value without taking it; undefined at the end. */
  peek(): Promise<T | undefined>;
  /** Takes the next value. */
  take(): Promise<T | undefined>;
}

/** A sequence whose next value can be looked at, so that a reader can stop where a run ends. */
export function peekable<T>(values: AsyncIterable<T>): Peekable<T> {
  const iterator = values[Symbol.asyncIterator]();
  let next: Promise<T | undefined> | undefined;
  const pull = async () => {
    const result = await iterator.next();
    return result.done ? undefined : result.value;
  };
  return {
    peek: () => {
      next ??= pull();
      return next;
    },
    take: () => {
      const taken = next ?? pull();
      next = undefined;
      return taken;
    },
  };
}
