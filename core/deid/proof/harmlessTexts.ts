interface Sought {
  joins: ReadonlySet<string>;
  /** Eight digits each. */
  dates: ReadonlySet<string>;
}

/** Files of one series have the same texts, and name the same people: what was read of the last ones is kept. */
const known = new WeakMap<ReadonlySet<string>, Map<string, Set<string>>>();
const mostDates = 32;
const mostSets = 16;
const mostTexts = 512;
const longestText = 1024;

/** The texts in which nothing stood of what is sought, as far as they are remembered. */
export function harmlessTexts({ joins, dates }: Sought) {
  const texts = dates.size > mostDates ? new Set<string>() : textsOf(joins, [...dates].join());
  return {
    has: (text: string): boolean => texts.has(text),
    add(text: string): void {
      if (texts.size < mostTexts && text.length <= longestText) texts.add(text);
    },
  };
}

function textsOf(joins: ReadonlySet<string>, key: string): Set<string> {
  const byDates = known.get(joins) ?? new Map<string, Set<string>>();
  if (byDates.size >= mostSets) byDates.clear();
  const texts = byDates.get(key) ?? new Set<string>();
  byDates.set(key, texts);
  known.set(joins, byDates);
  return texts;
}
