import type { Finding } from '../submission/contracts/steps.ts';

/**
 * One line for each rule and attribute instead of one for each file, where a finding only informs: a series has its
 * faults in every slice, and the review of 200,000 files reads all lines. What decides on a file stays as it is.
 */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const merger = findingMerger();
  for (const each of findings) merger.add(each);
  return merger.all();
}

/** The same for findings that come one by one: of 100,000 files they would be millions. */
export function findingMerger() {
  const merged = new Map<string, Finding>();
  const deciding: Finding[] = [];
  return {
    add(each: Finding): void {
      const key = `${each.code} ${each.tag}`;
      const first = merged.get(key);
      if (each.disposition !== 'accept') deciding.push(each);
      else if (first === undefined) merged.set(key, { ...each, files: 1 });
      else first.files = (first.files ?? 1) + 1;
    },
    all: (): Finding[] => [...deciding, ...merged.values()],
  };
}
