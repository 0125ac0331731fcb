const megabyte = 2 ** 20;

/**
 * The next size of what grows, in its own units. Large memory costs nothing until it is written to: few and large steps
 * leave less behind than many.
 * @param unitBytes of one of `units`
 */
export function largerSize(units: number, unitBytes: number): number {
  return units * (units * unitBytes < megabyte ? 2 : 8);
}

/**
 * Gives back at once what a larger copy stands for now and nobody reads again. Left to the collector, such copies were
 * half of the memory that a large head took; small ones are cheaper left to it, and browsers of before 2024 leave all.
 */
export function releaseMemory({ buffer }: { buffer: ArrayBuffer }): void {
  if (buffer.byteLength >= megabyte && 'transfer' in buffer) buffer.transfer(0);
}
