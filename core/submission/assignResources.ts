import type { ResourceRule } from '../policy/ResourceRule.ts';
import type { NumberedLine } from './planBatches.ts';
import type { PlannedResource } from './steps.ts';

/**
 * The resource of each file whose name ends as a rule says, and its name there: a number, since the site's own names may
 * name a person. Files that differ in their ending alone share the number, so that an image keeps its sidecars.
 */
export function assignResources(
  lines: Iterable<Pick<NumberedLine, 'file' | 'path'>>,
  rules: readonly ResourceRule[],
): Map<number, PlannedResource> {
  const numbers = new Map<string, number>();
  const names = new Set<string>();
  const assigned = new Map<number, PlannedResource>();
  for (const { file, path } of lines) {
    const found = endingOf(path.toLowerCase(), rules);
    if (found === undefined) continue;
    const stem = path.slice(0, path.length - found.ending.length);
    const shared = numberedName(numbers.get(stem) ?? file, found.ending);
    // two paths that differ in case alone
    const name = names.has(shared) ? numberedName(file, found.ending) : shared;
    if (!numbers.has(stem)) numbers.set(stem, file);
    names.add(name);
    assigned.set(file, { label: found.label, name });
  }
  return assigned;
}

/** The longest ending counts: `.nii.gz` before `.gz`. */
function endingOf(path: string, rules: readonly ResourceRule[]) {
  return rules
    .flatMap(({ label, endings }) => endings.map((ending) => ({ label, ending })))
    .filter(({ ending }) => path.endsWith(ending))
    .sort((left, right) => right.ending.length - left.ending.length)[0];
}

const numberedName = (number: number, ending: string) => `${String(number).padStart(6, '0')}${ending}`;
