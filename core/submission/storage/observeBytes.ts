import type { Bytes, Codecs } from '../ports.ts';

interface Observed {
  /** Size and SHA-256 of the whole source; reads what the consumer of `body` left. */
  finish(): Promise<{ sizeBytes: number; sha256: string }>;
  /** The source, passed through. A consumer may stop early: the source stays open for `finish`. */
  body: Bytes;
}

/** Counts and hashes a stream while somebody else reads it, so that bytes are read once. */
export function observeBytes(source: Bytes, codecs: Pick<Codecs, 'sha256'>): Observed {
  const hasher = codecs.sha256();
  const iterator = source[Symbol.asyncIterator]();
  let sizeBytes = 0;
  let ended = false;
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const result = ended ? { done: true as const, value: undefined } : await iterator.next();
    if (result.done) {
      ended = true;
      return { done: true, value: undefined };
    }
    sizeBytes += result.value.length;
    hasher.update(result.value);
    return { done: false, value: result.value };
  };
  return {
    body: { [Symbol.asyncIterator]: () => ({ next }) },
    finish: async () => {
      while (!(await next()).done);
      return { sizeBytes, sha256: hasher.hex() };
    },
  };
}
