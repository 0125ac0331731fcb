import { describe, expect, test } from 'vitest';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import { severityOf } from '../../../../core/submission/codes/findingCatalogue.ts';
import { type Fact, type Finding, Review } from '../../../../core/submission/contracts/steps.ts';
import { excludedFiles, reviewFiles } from '../../../../core/submission/review/reviewFiles.ts';
import { ctFact, demoPolicy } from '../../../fixtures/submissions.ts';

const policyWith = (overrides: object) =>
  ProjectPolicy.parse({ project: 'DEMO', xnatProject: 'DEMO', sites: ['demo'], ...overrides });
const findingOf = (file: number, code: string, disposition: Finding['disposition']): Finding => ({
  file,
  code,
  severity: severityOf[disposition],
  disposition,
  message: code,
});
const refusedFact = (file: number): Fact => ({ file, sizeBytes: 1, sha256: '0'.repeat(64), disposition: 'refuse' });

/** A study of its own: one study has one patient, and one series one study. */
const otherStudy = { study: '2.25.22222222', series: '2.25.33' };
const otherPatient = { patient: 'P2', study: '2.25.44444444', series: '2.25.55' };

describe('the review of a set', () => {
  test('accepts one patient and study under pseudonyms', () => {
    const review = reviewFiles({ facts: [ctFact(0), ctFact(1)], findings: [] }, demoPolicy, {});
    expect(review).toMatchObject({ decision: 'accept', reasons: [], excluded: [] });
    expect(review.sessions).toEqual([
      expect.objectContaining({
        id: 's001',
        subject: 'SUB-P1',
        session: 'SUB-P1-CT-11111111',
        xsiType: 'xnat:ctSessionData',
      }),
    ]);
    expect(review.scans).toEqual([
      expect.objectContaining({ id: 'r0001', session: 's001', scan: '1', xsiType: 'xnat:ctScanData' }),
    ]);
  });

  test('makes one session per patient and study when no label is asked for', () => {
    const facts = [ctFact(0), ctFact(1, otherStudy), ctFact(2, otherPatient)];
    const review = reviewFiles({ facts, findings: [] }, demoPolicy, {});
    expect(review.decision).toBe('accept');
    expect(new Set(review.sessions.map(({ session }) => session)).size).toBe(3);
  });

  test.each([
    { why: 'the subject that was asked for fills a label', labels: { subject: 'S'.repeat(64) }, fact: ctFact(0) },
    { why: 'UIDs are retained', labels: {}, fact: ctFact(0, { study: '1.2.826.0.1.3680043.8.1055.1.20' }) },
  ])('names a session as XNAT takes it when $why', ({ labels, fact }) => {
    const review = reviewFiles({ facts: [fact], findings: [] }, demoPolicy, labels);
    expect(Review.parse(review).sessions).toHaveLength(1);
  });

  test('gives two series of one number different scan ids', () => {
    const facts = [ctFact(0), ctFact(1, { series: '2.25.4' })];
    const { scans } = reviewFiles({ facts, findings: [] }, demoPolicy, {});
    expect(scans.map(({ scan }) => scan)).toEqual(['1', '1-CT1']);
  });

  test.each([
    { labels: { subject: 'S1' }, facts: [ctFact(0), ctFact(1, otherPatient)], reason: 'MixedPatients' },
    { labels: { session: 'E1' }, facts: [ctFact(0), ctFact(1, otherStudy)], reason: 'MixedStudies' },
  ])('holds for $reason under an asked-for label', ({ labels, facts, reason }) => {
    const review = reviewFiles({ facts, findings: [] }, demoPolicy, labels);
    expect(review).toMatchObject({ decision: 'hold', reasons: [reason] });
    expect(new Set(review.sessions.map(({ session }) => session)).size).toBe(review.sessions.length);
    expect(reviewFiles({ facts, findings: [] }, policyWith({ onMixedSession: 'reject' }), labels).decision).toBe(
      'reject',
    );
  });

  test.each([
    { policy: {}, decision: 'accept', why: 'one bad file is a finding' },
    { policy: { onRefusedFile: 'hold' }, decision: 'hold', why: 'the project wants a person' },
    { policy: { onRefusedFile: 'reject' }, decision: 'reject', why: 'the project wants all or nothing' },
  ])('with a refused file it is $decision when $why', ({ policy, decision }) => {
    const facts = [ctFact(0), refusedFact(1)];
    const review = reviewFiles({ facts, findings: [findingOf(1, 'DicomTruncated', 'refuse')] }, policyWith(policy), {});
    expect(review.decision).toBe(decision);
    expect(review.excluded).toEqual([{ file: 1, disposition: 'refuse', code: 'DicomTruncated' }]);
  });

  test('rejects a set of which no file can go on', () => {
    const review = reviewFiles(
      { facts: [refusedFact(0)], findings: [findingOf(0, 'NotDicom', 'refuse')] },
      demoPolicy,
      {},
    );
    expect(review).toMatchObject({ decision: 'reject', reasons: ['NothingToArchive'] });
  });

  test('keeps one of equal copies and holds different files of one instance', () => {
    const equal = [
      ctFact(0, { instance: '2.25.5', sha256: 'b'.repeat(64) }),
      ctFact(1, { instance: '2.25.5', sha256: 'b'.repeat(64) }),
    ];
    const different = [ctFact(2, { instance: '2.25.6' }), ctFact(3, { instance: '2.25.6' })];
    const { excluded } = reviewFiles({ facts: [...equal, ...different], findings: [] }, demoPolicy, {});
    expect(excluded).toEqual([
      { file: 1, disposition: 'duplicate', code: 'DuplicateInstance' },
      { file: 2, disposition: 'hold', code: 'InstanceConflict' },
      { file: 3, disposition: 'hold', code: 'InstanceConflict' },
    ]);
  });

  test('two files of one instance are no copies where neither has a digest', () => {
    const facts = [0, 1].map((file) => ({ ...ctFact(file, { instance: '2.25.7' }), sha256: undefined }));
    expect(reviewFiles({ facts, findings: [] }, demoPolicy, {}).excluded.map(({ code }) => code)).toEqual([
      'InstanceConflict',
      'InstanceConflict',
    ]);
  });

  test.each([
    { disposition: 'hold', decision: 'hold', why: 'a person may release it' },
    { disposition: 'refuse', decision: 'reject', why: 'the project refuses it' },
    { disposition: 'accept', decision: 'accept', why: 'the project has codes for ids' },
  ] as const)(
    'one file that a label names keeps its whole set out: $decision where $why',
    ({ disposition, decision }) => {
      const facts = [
        ctFact(0, { disposition }),
        ctFact(1),
        { ...ctFact(2, otherPatient), disposition: 'hold' as const },
      ];
      const findings = [findingOf(0, 'LabelIdentifies', disposition), findingOf(2, 'BurnedInRisk', 'hold')];
      const review = reviewFiles({ facts, findings }, demoPolicy, {});
      const outOf = (file: number, code: string) => ({ file, disposition, code });
      const labelled = [outOf(0, 'LabelIdentifies'), outOf(1, 'LabelIdentifies')];
      expect(review.decision).toBe(decision);
      expect(review.excluded).toEqual(
        {
          hold: [...labelled, outOf(2, 'BurnedInRisk')],
          refuse: [...labelled, outOf(2, 'LabelIdentifies')],
          accept: [{ file: 2, disposition: 'hold', code: 'BurnedInRisk' }],
        }[disposition],
      );
      if (disposition === 'hold') expect([...excludedFiles(review).keys()]).toEqual([]);
    },
  );

  test('a release lets go on what a person may judge, and nothing that cannot be cleaned', () => {
    const facts = [ctFact(0, { disposition: 'hold' }), ctFact(1, { disposition: 'hold' })];
    const findings = [findingOf(0, 'BurnedInRisk', 'hold'), findingOf(1, 'EncapsulatedDocument', 'hold')];
    const review = reviewFiles({ facts, findings }, demoPolicy, {});
    expect(review).toMatchObject({ decision: 'hold', reasons: ['NothingToArchive'] });
    expect([...excludedFiles(review).keys()]).toEqual([1]);
    expect(review.sessions).toHaveLength(1);
  });

  test('a release lets nothing go on that the project refuses', () => {
    const facts = [ctFact(0, { disposition: 'hold' }), ctFact(1, { disposition: 'refuse' })];
    const findings = [findingOf(0, 'BurnedInRisk', 'hold'), findingOf(1, 'BurnedInRisk', 'refuse')];
    const review = reviewFiles({ facts, findings }, policyWith({ onHeldFile: 'hold' }), {});
    expect(review.decision).toBe('hold');
    expect([...excludedFiles(review).keys()]).toEqual([1]);
  });

  test('a release lets nothing go on that is held for another reason as well', () => {
    const facts = [ctFact(0, { disposition: 'hold' }), ctFact(1, { disposition: 'hold' })];
    const findings = [
      findingOf(0, 'BurnedInRisk', 'hold'),
      findingOf(1, 'BurnedInRisk', 'hold'),
      findingOf(1, 'SopClassUnknown', 'hold'),
    ];
    const review = reviewFiles({ facts, findings }, demoPolicy, {});
    expect(review.excluded[1]).toEqual({ file: 1, disposition: 'hold', code: 'SopClassUnknown' });
    expect([...excludedFiles(review).keys()]).toEqual([1]);
  });

  test('a release lets no two files of one instance go on, which would replace each other', () => {
    const held = { disposition: 'hold', instance: '2.25.7' } as const;
    const other = { disposition: 'hold', instance: '2.25.8' } as const;
    const facts = [
      ...[ctFact(0, { ...held, sha256: 'b'.repeat(64) }), ctFact(1, { ...held, sha256: 'b'.repeat(64) })],
      ...[ctFact(2, other), ctFact(3, { ...other, disposition: 'accept' })],
    ];
    const findings = [0, 1, 2].map((file) => findingOf(file, 'BurnedInRisk', 'hold'));
    const review = reviewFiles({ facts, findings }, demoPolicy, {});
    expect([...excludedFiles({ ...review, decision: 'hold' }).values()]).toEqual([
      { file: 1, disposition: 'duplicate', code: 'DuplicateInstance' },
      { file: 2, disposition: 'hold', code: 'InstanceConflict' },
      { file: 3, disposition: 'hold', code: 'InstanceConflict' },
    ]);
  });
});
