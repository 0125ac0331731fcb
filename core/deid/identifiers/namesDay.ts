import { monthNames } from '../tables/monthNames.ts';

let known: ReadonlyMap<string, ReadonlySet<string>> | undefined;
const shortestMonth = 3;

/** By every beginning that may abbreviate the name of a month: two digits, or several where it abbreviates several. */
const monthsByWord = (): ReadonlyMap<string, ReadonlySet<string>> => {
  known ??= readMonths();
  return known;
};

function readMonths() {
  const byWord = new Map<string, Set<string>>();
  const add = (word: string, month: number) =>
    byWord.set(word, (byWord.get(word) ?? new Set()).add(String(month).padStart(2, '0')));
  for (const [i, line] of monthNames.trim().split('\n').entries()) {
    for (const name of line.split(' ')) {
      for (let end = shortestMonth; end <= name.length; end += 1) add(name.slice(0, end), i + 1);
    }
  }
  for (const [i, roman] of 'i ii iii iv v vi vii viii ix x xi xii'.split(' ').entries()) add(roman, i + 1);
  return byWord.set('mrz', new Set(['03']));
}

/** What stands between the parts of a day, or ends one of them. */
const fillers = new Set('st nd rd th er eme of the de del di do da den der d г года року 年 月 日 년 월 일'.split(' '));

/** The years before the first of each era by which Japan and Taiwan count, also as they are abbreviated. */
const eras: Record<string, number> = {
  ...{ 明治: 1867, 大正: 1911, 昭和: 1925, 平成: 1988, 令和: 2018, 民國: 1911, 民国: 1911 },
  ...{ m: 1867, t: 1911, s: 1925, h: 1988, r: 2018 },
};
const ofEra = /(明治|大正|昭和|平成|令和|民國|民国|(?<![\p{L}\d])[mtshr])\s?(\d{1,3}|元)(?=\s?[年./-])/gu;
/** Thailand counts from 543 years earlier. */
const buddhistYears = 543;
const firstBuddhist = 2400;

/** Such as the ", " and " - " between two parts. */
const longestGap = 3;

interface Part {
  word: string;
  /** Of a number of one or two digits, or of a word: the months that it may mean, by two digits. */
  months: ReadonlySet<string>;
  /** What stands before it. */
  gap: string;
}

/**
 * Tells of a text, in small letters, whether it names one of some days as people write days: year, month and day in
 * whatever order and with whatever marks, the month by a number or its name, the year by two digits or by an era.
 * @param days eight digits each
 */
export function namesDay(days: ReadonlySet<string>): (text: string) => boolean {
  const years = new Set([...days].flatMap((day) => [day.slice(0, 4), day.slice(2, 4), buddhistYear(day)]));
  const isOne = (all: string[]) => all.some((day) => days.has(day));
  const isDay = (parts: readonly Part[]) =>
    parts.length === 3 && parts.some(({ word }) => years.has(word)) && isOne(daysOf(parts));

  return (text) => {
    if (days.size === 0 || !/\d/.test(text)) return false;
    let parts: Part[] = [];
    for (const { word, gap } of wordsAndGaps(withoutMarks(text).replace(ofEra, inWesternYears))) {
      if (joined.test(word) && isOne(joinedDays(word))) return true;
      if (fillers.has(word)) continue;
      parts = partsWith(parts, word, gap);
      if (isDay(parts)) return true;
    }
    return false;
  };
}

function partsWith(parts: readonly Part[], word: string, gap: string): Part[] {
  const months = monthsOf(word);
  const before = gap.length > longestGap ? [] : parts.slice(-2);
  return months === undefined ? [] : [...before, { word, months, gap }];
}

function* wordsAndGaps(text: string): Generator<{ word: string; gap: string }, void> {
  let end = 0;
  for (const { 0: word, index } of text.matchAll(/\d+|\p{L}+/gu)) {
    yield { word, gap: text.slice(end, Math.min(index, end + longestGap + 1)) };
    end = index + word.length;
  }
}

const joined = /^(?:\d{6}|\d{8})$/;

const buddhistYear = (day: string) => String(Number(day.slice(0, 4)) + buddhistYears);

const withoutMarks = (text: string) =>
  /[^\0-\u007f]/.test(text) ? text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC') : text;

const inWesternYears = (_: string, era: string, year: string) =>
  String((eras[era] ?? 0) + (year === '元' ? 1 : Number(year)));

/** Undefined for what is no part of a day. */
function monthsOf(word: string): ReadonlySet<string> | undefined {
  if (!/^\d/.test(word)) return monthsByWord().get(word);
  if (word.length > 2) return word.length === 4 ? new Set() : undefined;
  return new Set([word.padStart(2, '0')]);
}

/** Eight or six digits without marks, in each order. */
function joinedDays(digits: string): string[] {
  const two = (at: number) => digits.slice(at, at + 2);
  if (digits.length === 6) {
    const [first, second, third] = [two(0), two(2), two(4)];
    return [...ofYear(first, second, third), ...ofYear(third, second, first), ...ofYear(third, first, second)];
  }
  return [digits, `${digits.slice(4)}${two(2)}${two(0)}`, `${digits.slice(4)}${two(0)}${two(2)}`];
}

/** The days that three parts may mean. */
function daysOf(parts: readonly Part[]): string[] {
  const [first, second, third] = parts;
  if (first === undefined || second === undefined || third === undefined) return [];
  const isShort = parts.every(({ word }) => word.length < 4 && /^\d/.test(word));
  // Three short numbers in a row are a day by their marks alone
  if (isShort && !(second.gap === third.gap && /^[-/.]$/.test(third.gap))) return [];
  return [
    [first, second, third],
    [third, second, first],
    [third, first, second],
    [first, third, second],
    [second, first, third],
  ].flatMap(([year, month, day]) => ofParts(year, month, day));
}

function ofParts(year?: Part, month?: Part, day?: Part): string[] {
  if (year === undefined || month === undefined || day === undefined) return [];
  if (!/^(?:\d{2}|\d{4})$/.test(year.word) || !/^\d{1,2}$/.test(day.word)) return [];
  return [...month.months].flatMap((each) => ofYear(year.word, each, day.word));
}

function ofYear(year: string, month: string, day: string): string[] {
  const rest = `${month}${day.padStart(2, '0')}`;
  if (year.length === 2) return [`19${year}${rest}`, `20${year}${rest}`];
  const before = Number(year) > firstBuddhist ? [`${Number(year) - buddhistYears}${rest}`] : [];
  return [`${year}${rest}`, ...before];
}
