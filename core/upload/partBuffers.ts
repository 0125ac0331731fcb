interface PartBuffers {
  take(byteLength: number): Uint8Array<ArrayBuffer>;
  /** Gives the memory of a part back once nobody reads it any more. */
  give(bytes: Uint8Array<ArrayBuffer>): void;
}

/** The memory of parts that were sent, for the parts that follow: fresh memory for each kept the collector busy. */
export function partBuffers(): PartBuffers {
  const free: Uint8Array<ArrayBuffer>[] = [];
  return {
    take(byteLength) {
      const index = free.findIndex((buffer) => buffer.length >= byteLength);
      const [buffer] = index < 0 ? [] : free.splice(index, 1);
      return buffer ?? new Uint8Array(byteLength);
    },
    give({ buffer }) {
      free.push(new Uint8Array(buffer));
    },
  };
}
