const dayMs = 86_400_000;

/** A value of DA: eight digits, or with dots as before 1993. Also the first part of a DT. */
const dateForm = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
/** Six digits may be a day: a time has hours, minutes and seconds, to a leap second. */
const time = '(?:[01]\\d|2[0-3])(?::?[0-5]\\d(?::?(?:[0-5]\\d|60)(?:\\.\\d{1,6})?)?)?';
/** Four digits may be a year: a zone lies within 14 hours and some minutes. */
const zone = '[+-](?:0\\d|1[0-4])[0-5]\\d';
/** DT: at least a year, at most a fraction and a zone (PS3.5 §6.2). */
const dateTimeForm = new RegExp(`^(\\d{4})(?:(\\d{2})(?:(\\d{2})((?:${time.replaceAll(':?', '')})?))?)?(${zone})?$`);
const timeForm = new RegExp(`^${time}$`);
const zoneForm = new RegExp(`^${zone}$`);

/** True for what is written as TM. */
export const isTime = (text: string): boolean => timeForm.test(text);

/** True for what is written as a zone of DT or (0008,0201). */
export const isZone = (text: string): boolean => zoneForm.test(text);

/** A DA moved by whole days, as eight digits; undefined for what is no date. */
export function shiftDate(text: string, days: number): string | undefined {
  const match = dateForm.exec(text);
  if (match === null) return undefined;
  return moveDay({ year: match[1], month: match[2], day: match[3] }, days);
}

/**
 * A DT moved by whole days: time, fraction and zone stay. Where month or day are not given, the middle of the period is
 * moved and cut to the same precision. Undefined for what is no date and time.
 */
export function shiftDateTime(text: string, days: number): string | undefined {
  const match = dateTimeForm.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, time = '', zone = ''] = match;
  const moved = moveDay({ year, month: month ?? '07', day: day ?? (month === undefined ? '01' : '15') }, days);
  if (moved === undefined) return undefined;
  const precision = day !== undefined ? 8 : month !== undefined ? 6 : 4;
  return `${moved.slice(0, precision)}${time}${zone}`;
}

interface Day {
  year: string | undefined;
  month: string | undefined;
  day: string | undefined;
}

/** Files of one series, and frames of one file, have a few days: what was made of the last of them is kept. */
const moved = new Map<string, string | undefined>();
const movedLimit = 1024;

function moveDay(day: Day, days: number): string | undefined {
  const key = `${day.year}${day.month}${day.day}${days}`;
  const known = moved.get(key);
  if (known !== undefined) return known;
  if (moved.size >= movedLimit) moved.clear();
  const after = moveCalendarDay(day, days);
  moved.set(key, after);
  return after;
}

function moveCalendarDay({ year, month, day }: Day, days: number): string | undefined {
  const before = new Date(0);
  before.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // Date takes February 30 for March 2: what does not come back as it went in is no date
  if (before.getUTCMonth() !== Number(month) - 1 || before.getUTCDate() !== Number(day)) return undefined;
  const after = new Date(before.getTime() + days * dayMs);
  if (after.getUTCFullYear() < 1 || after.getUTCFullYear() > 9999) return undefined;
  return `${digits(after.getUTCFullYear(), 4)}${digits(after.getUTCMonth() + 1, 2)}${digits(after.getUTCDate(), 2)}`;
}

const digits = (number: number, count: number) => String(number).padStart(count, '0');
