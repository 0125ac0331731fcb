/** `1 file`, `2 files`: a number and what it counts. */
export const counted = (number: number, noun: string, plural = `${noun}s`) =>
  `${number} ${number === 1 ? noun : plural}`;
