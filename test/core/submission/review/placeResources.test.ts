import { describe, expect, test } from 'vitest';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import type { ResourceLevel } from '../../../../core/policy/ResourceRule.ts';
import type { Fact, Finding, Review } from '../../../../core/submission/contracts/steps.ts';
import { excludedFiles, reviewFiles } from '../../../../core/submission/review/reviewFiles.ts';
import { ctFact, demoPolicy, digest } from '../../../fixtures/submissions.ts';

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

function reviewed(level: ResourceLevel, facts: readonly Fact[], findings: readonly Finding[] = []): Review {
  const resources = [{ label: 'NOTES', level, endings: ['.txt'], disposition: 'accept' }];
  const policy = ProjectPolicy.parse({ ...demoPolicy, resources });
  return reviewFiles({ facts: [...studies, ...facts], findings }, policy, {});
}

/** The session of each file that is no DICOM, or why it is held. */
function placed(level: ResourceLevel, facts: readonly Fact[], findings?: readonly Finding[]): string[] {
  const review = reviewed(level, facts, findings);
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
  { level: 'project', folders: [2, 0], found: 's002' },
  { level: 'project', folders: [0], found: 's001' },
  { level: 'project', folders: [4], found: 'ResourceUnplaced' },
  { level: 'scan', folders: [2, 0], found: 's002' },
  { level: 'scan', folders: [3, 2, 0], found: 'ResourceUnplaced' },
  { level: 'scan', folders: undefined, found: 'ResourceUnplaced' },
] as const)('at level $level a file in folders $folders goes to $found', ({ level, folders, found }) => {
  expect(placed(level, [other(2, folders && [...folders])])).toEqual([found]);
});

const levels = ['scan', 'session', 'subject', 'project'] as const;

describe.each(levels)('at level %s a file in the folder of DICOM', (level) => {
  const finding = (code: string, disposition: Finding['disposition']): Finding => ({
    ...{ code, file: 2, severity: 'error', disposition, message: code },
  });
  const third = { study: '2.25.3', series: '2.25.13', patient: 'P2' };
  const keptOut = (disposition: Finding['disposition']) => ({ ...ctFact(2, third), disposition, folders: [5, 0] });
  const unread = (folders: number[]): Fact => {
    const { dicom: _, ...fact } = keptOut('refuse');
    return { ...fact, folders };
  };

  test.each([
    { why: 'cannot be read', fact: unread([5, 0]), cause: finding('DicomTruncated', 'refuse') },
    { why: 'is refused', fact: keptOut('refuse'), cause: finding('TransferSyntaxUnknown', 'refuse') },
    { why: 'is held for good', fact: keptOut('hold'), cause: finding('NotDeidentifiable', 'hold') },
  ])('that $why belongs to no other patient', ({ fact, cause }) => {
    for (const folders of [
      [5, 0],
      [6, 5, 0],
    ]) {
      expect(placed(level, [fact, other(3, folders)], [cause])[1]).toBe('ResourceUnplaced');
    }
  });

  test('stays with what can be read of it, when another file of it cannot', () => {
    expect(placed(level, [unread([2, 0]), other(3, [2, 0])], [finding('DicomTruncated', 'refuse')])[1]).toBe('s002');
  });

  test('waits with it, and is released with it', () => {
    const facts = [keptOut('hold'), other(3, [5, 0])];
    const review = reviewed(level, facts, [finding('BurnedInRisk', 'hold')]);
    expect(review.excluded).toEqual([2, 3].map((file) => ({ file, disposition: 'hold', code: 'BurnedInRisk' })));
    expect([...excludedFiles({ ...review, decision: 'hold' }).keys()]).toEqual([]);
    expect(review.placed.map(({ file }) => file)).toEqual([3]);
  });

  test('goes on with a part of it', () => {
    const facts = [keptOut('hold'), other(3, [5, 0]), { ...ctFact(4, third), folders: [5, 0] }];
    const { excluded } = reviewed(level, facts, [finding('BurnedInRisk', 'hold')]);
    expect(excluded.map(({ file }) => file)).toEqual([2]);
  });
});

test('a file of a subject goes with the first of its sessions that goes on', () => {
  const held = { ...ctFact(2, { study: '2.25.0', series: '2.25.10' }), disposition: 'hold' as const, folders: [2, 0] };
  const cause: Finding = { code: 'BurnedInRisk', file: 2, severity: 'warning', disposition: 'hold', message: '' };
  expect(placed('subject', [held, other(3, [2, 0])], [cause])[1]).toBe('s003');
});
