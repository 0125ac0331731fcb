import { expect, test } from 'vitest';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import type { ResourceLevel } from '../../../core/policy/ResourceRule.ts';
import { reviewFiles } from '../../../core/submission/reviewFiles.ts';
import type { Fact } from '../../../core/submission/steps.ts';
import { ctFact, demoPolicy, digest } from '../../fixtures/submissions.ts';

/** Of one patient, in two folders below another one. */
const studies = [
  { ...ctFact(0, { study: '2.25.1', series: '2.25.11' }), folders: [1, 0] },
  { ...ctFact(1, { study: '2.25.2', series: '2.25.12' }), folders: [2, 0] },
];
const other = (file: number, folders?: number[]): Fact => ({
  ...{ file, sizeBytes: 1, sha256: digest('b'), disposition: 'accept' },
  resource: { rule: 0, name: `${'0'.repeat(16)}.txt` },
  ...(folders && { folders }),
});

/** The session of each file that is no DICOM, or why it is held. */
function placed(level: ResourceLevel, facts: readonly Fact[]): string[] {
  const resources = [{ label: 'NOTES', level, endings: ['.txt'], disposition: 'accept' }];
  const policy = ProjectPolicy.parse({ ...demoPolicy, resources });
  const review = reviewFiles({ facts: [...studies, ...facts], findings: [] }, policy, {});
  return facts.map(({ file }) => {
    const scan = review.placed.find((each) => each.file === file)?.scan;
    const found = review.scans.find(({ id }) => id === scan)?.session;
    return found ?? review.excluded.find((each) => each.file === file)?.code ?? 'nothing';
  });
}

test.each([
  { level: 'session', folders: [1, 0], found: 's001' },
  { level: 'session', folders: [3, 2, 0], found: 's002' },
  { level: 'session', folders: [0], found: 'ResourceUnplaced' },
  { level: 'session', folders: undefined, found: 'ResourceUnplaced' },
  { level: 'subject', folders: [2, 0], found: 's002' },
  { level: 'subject', folders: [0], found: 's001' },
  { level: 'project', folders: [4], found: 's001' },
  { level: 'scan', folders: [2, 0], found: 's002' },
  { level: 'scan', folders: [3, 2, 0], found: 'ResourceUnplaced' },
  { level: 'scan', folders: undefined, found: 'ResourceUnplaced' },
] as const)('at level $level a file in folders $folders goes to $found', ({ level, folders, found }) => {
  expect(placed(level, [other(2, folders && [...folders])])).toEqual([found]);
});
