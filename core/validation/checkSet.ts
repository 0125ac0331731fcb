import type { FindingCode } from '../submission/codes/findingCatalogue.ts';
import type { AcceptedFile } from '../submission/review/labelSessions.ts';

/** A rule that files break together. */
interface SetFinding {
  code: FindingCode;
  /** The files it concerns, at least one, ascending. */
  files: number[];
  /** In numbers; a series by its number. */
  message: string;
}

/**
 * The rules that one file alone cannot break: a study has one patient, a patient one name and one day of birth, a series
 * one study and one modality (PS3.3 §A.1.2), an instance number is given once, and none is left out.
 */
export function checkSet(files: readonly AcceptedFile[]): SetFinding[] {
  const studies = [...Map.groupBy(files, ({ dicom }) => dicom.study).values()];
  const series = [...Map.groupBy(files, ({ dicom }) => dicom.series).values()];
  const patients = [...Map.groupBy(files, ({ dicom }) => dicom.patient).values()];
  return [
    ...studies.flatMap((group) => differing(group, 'patient', 'StudyOfSeveralPatients')),
    ...patients.flatMap(checkPerson),
    ...series.flatMap((group) => differing(group, 'study', 'SeriesInSeveralStudies')),
    ...series.flatMap((group) => differing(group, 'modality', 'SeriesOfSeveralModalities')),
    ...series.flatMap(checkNumbers),
  ];
}

const plurals = { patient: 'patients', study: 'studies', modality: 'modalities' } as const;

function differing(group: readonly AcceptedFile[], field: keyof typeof plurals, code: FindingCode): SetFinding[] {
  const values = new Set(group.map(({ dicom }) => dicom[field])).size;
  if (values < 2) return [];
  return [{ code, files: numbersOf(group), message: `${group.length} files, ${values} ${plurals[field]}` }];
}

/** Files that do not say who it is contradict none. */
function checkPerson(group: readonly AcceptedFile[]): SetFinding[] {
  const countOf = (field: 'name' | 'birthDate') =>
    new Set(group.flatMap(({ dicom }) => dicom.person?.[field] ?? [])).size;
  const [names, birthDates] = [countOf('name'), countOf('birthDate')];
  if (names < 2 && birthDates < 2) return [];
  const message = `${group.length} files, ${names} names, ${birthDates} birth dates`;
  return [{ code: 'PatientOfSeveralNames', files: numbersOf(group), message }];
}

/** Numbers say how many slices there were: a gap is a slice that did not come. */
function checkNumbers(group: readonly AcceptedFile[]): SetFinding[] {
  const numbers = group.flatMap(({ dicom }) => dicom.instanceNumber ?? []);
  const distinct = new Set(numbers);
  const findings: SetFinding[] = [];
  const name = `Series ${group[0]?.dicom.seriesNumber ?? 'without number'}`;
  const files = numbersOf(group);
  if (distinct.size < numbers.length) {
    const repeated = numbers.length - distinct.size;
    findings.push({ code: 'InstanceNumberRepeated', files, message: `${name}: numbers given again: ${repeated}` });
  }
  const lacking = numbers.length === 0 ? 0 : span(distinct) - distinct.size;
  if (lacking > 0)
    findings.push({ code: 'InstanceNumberGap', files, message: `${name}: numbers left out: ${lacking}` });
  return findings;
}

function span(numbers: ReadonlySet<number>): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  return most - least + 1;
}

const numbersOf = (group: readonly AcceptedFile[]) => group.map(({ file }) => file).sort((left, right) => left - right);
