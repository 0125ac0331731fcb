const count = new Intl.NumberFormat('en');
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `1 file`, `1,204 files`. */
export const counted = (number: number, noun: string, plural = `${noun}s`) =>
  `${count.format(number)} ${number === 1 ? noun : plural}`;

export const numberWords = (number: number) => count.format(number);

/** Decimal units, as file managers show them: 1 MB is a million bytes. */
export function bytesWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${decimal.format(bytes / 1000 ** power)} ${units[power]}`;
}

/** A moment in the time and language of this computer. */
export const timeWords = (iso: string) =>
  new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Whole percent, and 100 only when all is there. */
export const percentOf = (done: number, all: number) => (all === 0 ? 0 : Math.floor((done / all) * 100));
