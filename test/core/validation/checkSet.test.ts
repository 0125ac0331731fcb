import { describe, expect, test } from 'vitest';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { severityOf } from '../../../core/submission/codes/findingCatalogue.ts';
import type { DicomFact, Fact, Finding } from '../../../core/submission/contracts/steps.ts';
import { excludedFiles, reviewFiles } from '../../../core/submission/review/reviewFiles.ts';
import { mergeFindings } from '../../../core/validation/mergeFindings.ts';
import { ctFact, demoPolicy } from '../../fixtures/submissions.ts';

/** Files of one series, numbered from 1, but for what each row says. */
const factsOf = (...rows: Partial<DicomFact>[]): Fact[] =>
  rows.map((row, file) => {
    const fact = ctFact(file);
    return fact.dicom === undefined ? fact : { ...fact, dicom: { ...fact.dicom, instanceNumber: file + 1, ...row } };
  });
const review = (facts: Fact[], policy = demoPolicy) => reviewFiles({ facts, findings: [] }, policy, {});

describe('the rules over a set of files', () => {
  test.each([
    { code: 'StudyOfSeveralPatients', rows: [{}, { patient: 'P2' }], held: [0, 1], why: 'one study, two patients' },
    {
      code: 'PatientOfSeveralNames',
      rows: [{ person: { name: 'N1' } }, { study: '2.25.2', series: '2.25.4', person: { name: 'N2' } }],
      held: [],
      why: 'one patient, two names in two studies',
    },
    {
      code: 'PatientOfSeveralNames',
      rows: [{ person: { name: 'N1', birthDate: 'B1' } }, { person: { name: 'N1', birthDate: 'B2' } }],
      held: [],
      why: 'one patient, two birth dates',
    },
    { code: 'SeriesInSeveralStudies', rows: [{}, { study: '2.25.2' }], held: [0, 1], why: 'one series, two studies' },
    { code: 'SeriesOfSeveralModalities', rows: [{}, { modality: 'MR' }], held: [], why: 'one series, two modalities' },
    { code: 'InstanceNumberRepeated', rows: [{}, { instanceNumber: 1 }], held: [], why: 'a number twice' },
    { code: 'InstanceNumberGap', rows: [{}, { instanceNumber: 4 }], held: [], why: 'two numbers left out' },
  ])('find $code for $why', ({ code, rows, held }) => {
    const { findings, excluded, decision } = review(factsOf(...rows));
    expect(findings).toMatchObject([{ code, file: 0, files: 2, disposition: held.length > 0 ? 'hold' : 'accept' }]);
    expect(excluded).toEqual(held.map((file) => ({ file, code, disposition: 'hold' })));
    expect(decision).toBe(held.length > 0 ? 'hold' : 'accept');
  });

  test('find nothing in whole series of two patients', () => {
    const other = { patient: 'P2', study: '2.25.2', series: '2.25.22', instanceNumber: 5 };
    expect(review(factsOf({}, {}, {}, other)).findings).toEqual([]);
  });

  test('find nothing in files that do not all say who it is', () => {
    const who = { person: { name: 'N1', birthDate: 'B1' } };
    expect(review(factsOf(who, { person: { name: 'N1' } }, {}, who)).findings).toEqual([]);
  });

  test('are classed by the policy', () => {
    const policy = ProjectPolicy.parse({
      ...demoPolicy,
      findings: { StudyOfSeveralPatients: 'accept', InstanceNumberGap: 'refuse' },
    });
    expect(review(factsOf({}, { patient: 'P2' }), policy).excluded).toEqual([]);
    expect(review(factsOf({}, { instanceNumber: 4 }), policy).excluded).toHaveLength(2);
  });

  test('may be overruled by the person who looked', () => {
    const held = review(factsOf({}, { patient: 'P2' }));
    expect(excludedFiles(held).size).toBe(0);
    expect(held.sessions).toHaveLength(2);
  });

  test('do not count what was set aside', () => {
    const [first, second] = factsOf({}, { patient: 'P2' });
    if (first === undefined || second === undefined) throw new Error('there are two');
    expect(review([first, { ...second, disposition: 'refuse' }]).findings).toEqual([]);
  });
});

describe('mergeFindings', () => {
  const finding = (file: number, code: string, disposition: Finding['disposition']): Finding => ({
    ...{ file, code, severity: severityOf[disposition], disposition, message: code, tag: '(0010,0010)' },
  });

  test('counts what only informs, and keeps every finding that decides on a file', () => {
    const merged = mergeFindings([
      finding(3, 'ValueInvalid', 'accept'),
      finding(4, 'BurnedInRisk', 'hold'),
      finding(4, 'ValueInvalid', 'accept'),
      finding(5, 'BurnedInRisk', 'hold'),
    ]);
    expect(merged.map(({ file, code, files }) => [file, code, files])).toEqual([
      [4, 'BurnedInRisk', undefined],
      [5, 'BurnedInRisk', undefined],
      [3, 'ValueInvalid', 2],
    ]);
  });
});
