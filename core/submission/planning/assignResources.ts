import { hashJson } from '../../audit/hashJson.ts';
import type { ResourceRule } from '../../policy/ResourceRule.ts';
import type { PlannedResource } from '../contracts/PlannedResource.ts';
import type { NumberedLine } from './planBatches.ts';

/** Two sets of files that differ get one name by chance once in 2^64. */
const DIGITS = 16;

type Line = Pick<NumberedLine, 'file' | 'path' | 'sha256'>;

interface Member extends Line {
  rule: number;
  ending: string;
}

/**
 * The rule that takes each file, and the file's name in XNAT: a digest, since the site's own names may name a person.
 * Files that differ in their ending alone are named together by the bytes of all of them. So an image keeps its
 * sidecars; what is sent again has the name that it had; and no other submission's file has it.
 */
export function assignResources(lines: Iterable<Line>, rules: readonly ResourceRule[]): Map<number, PlannedResource> {
  const ruleOf = ruleFinder(rules);
  const groups = new Map<string, Member[]>();
  for (const line of lines) {
    const found = ruleOf(line.path.toLowerCase());
    if (found === undefined) continue;
    const stem = line.path.slice(0, line.path.length - found.ending.length);
    const siblings = groups.get(stem) ?? [];
    // two paths that differ in case alone
    const isTaken = siblings.some(({ ending }) => ending === found.ending);
    if (isTaken) groups.set(line.path, [{ ...line, ...found }]);
    else groups.set(stem, [...siblings, { ...line, ...found }]);
  }
  const assigned = new Map<number, PlannedResource>();
  const times = new Map<string, number>();
  for (const members of groups.values()) {
    const digest = digestOf(members);
    const earlier = times.get(digest) ?? 0;
    times.set(digest, earlier + 1);
    const name = earlier === 0 ? digest : `${digest}-${earlier + 1}`;
    for (const { file, path, rule, ending } of members) {
      const number = seriesNumber(path, rules[rule]?.seriesAfter);
      assigned.set(file, { rule, name: `${name}${ending}`, ...(number !== undefined && { seriesNumber: number }) });
    }
  }
  return assigned;
}

/** A rule of a folder goes before one of none, and the longest ending counts: `.nii.gz` before `.gz`. */
function ruleFinder(rules: readonly ResourceRule[]) {
  const candidates = rules
    .flatMap(({ folder, endings }, rule) => endings.map((ending) => ({ rule, folder, ending })))
    .sort(
      (left, right) =>
        Number(left.folder === undefined) - Number(right.folder === undefined) ||
        right.ending.length - left.ending.length,
    );
  return (path: string): Pick<Member, 'rule' | 'ending'> | undefined =>
    candidates.find(
      ({ folder, ending }) => path.endsWith(ending) && (folder === undefined || `/${path}`.includes(`/${folder}/`)),
    );
}

const digestOf = (members: readonly Member[]) =>
  hashJson(members.map(({ ending, sha256 }) => `${ending} ${sha256}`).sort()).slice(0, DIGITS);

/** The one number that stands in a path behind this text; none where several do. */
function seriesNumber(path: string, after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const numbers = path
    .split(after)
    .slice(1)
    .map((rest) => /^[0-9]{1,9}/.exec(rest)?.[0]);
  const [number, ...others] = new Set(numbers.flatMap((digits) => (digits === undefined ? [] : Number(digits))));
  return others.length === 0 ? number : undefined;
}
