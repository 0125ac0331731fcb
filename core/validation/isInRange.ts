import { vr } from '../dicom/vr.ts';

/**
 * True for what a well-formed value of DA, DT or IS can be (PS3.5 Table 6.2-1): a day of the Gregorian calendar, which
 * has no year 0 and of which DT may leave out day and month; a number of 32 bits. Other VRs state no range.
 */
export function isInRange(code: number, text: string): boolean {
  if (code === vr.IS) return isOf32Bits(Number(text));
  if (code !== vr.DA && code !== vr.DT) return true;
  const [, year, month = 1, day = 1] = dayForm.exec(text) ?? [];
  return year === undefined || isDay(Number(year), Number(month), Number(day));
}

/** Digits that a form has already found to be a month and a day, or the sign of a zone instead. */
const dayForm = /^(\d{4})\.?(?:(\d{2})\.?(\d{2})?)?/;

const isOf32Bits = (number: number) => number >= -(2 ** 31) && number < 2 ** 31;

function isDay(year: number, month: number, day: number): boolean {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeapYear ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year > 0 && day <= days;
}
