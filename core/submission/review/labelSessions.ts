import type { DicomFact, Fact, Review, ReviewedScan, ReviewedSession } from '../contracts/steps.ts';
import { scanKind, scanXsiType, sessionXsiType } from './xsiTypes.ts';

/** A DICOM file that goes on. */
export type AcceptedFile = Pick<Fact, 'file'> & { dicom: DicomFact };

/** Labels that the site asked for. */
export interface Labelling {
  subject?: string | undefined;
  session?: string | undefined;
}

/** Digits of the mapped study UID in a session label: 8 keep two studies of one patient apart. */
const STUDY_DIGITS = 8;
const LABEL_LENGTH = 64;
/** `-` and a number up to 999. */
const SUFFIX_LENGTH = 4;

/**
 * One XNAT session per patient and study. Labels that the site did not ask for are pseudonyms: never an original id.
 * The order, and so every id, follows from the set alone: a retry or another site finds the same.
 */
export function labelSessions(files: readonly AcceptedFile[], labels: Labelling): ReviewedSession[] {
  const groups = [...Map.groupBy(files, ({ dicom }) => `${dicom.patient} ${dicom.study}`).entries()].sort(byKey);
  const taken = new Set<string>();
  return groups.flatMap(([, members], index) => {
    const first = members[0]?.dicom;
    if (first === undefined) return [];
    const subject = labels.subject ?? `SUB-${first.patient}`;
    const xsiType = sessionXsiType(members.map(({ dicom }) => dicom.sopClass));
    const session = freeLabel(labels.session ?? pseudonymousLabel(subject, xsiType, first.study), taken);
    taken.add(session);
    return {
      id: `s${String(index + 1).padStart(3, '0')}`,
      ...{ subject, session, patient: first.patient, study: first.study, xsiType },
      ...(first.studyDate === undefined ? {} : { date: first.studyDate }),
    };
  });
}

function pseudonymousLabel(subject: string, xsiType: string, study: string): string {
  const modality = xsiType.replace(/^xnat:(.+)SessionData$/, '$1').toUpperCase();
  // a retained UID has dots among its last digits
  const ending = `-${modality}-${study.slice(-STUDY_DIGITS).replaceAll('.', '-')}`;
  return `${subject.slice(0, LABEL_LENGTH - ending.length)}${ending}`;
}

/** A session label is unique in its project, so it is unique in its submission. */
function freeLabel(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let suffix = 2; ; suffix += 1) {
    const label = suffixedLabel(wanted, suffix);
    if (!taken.has(label)) return label;
  }
}

/** A label made another one by a number, within the length of a label. */
export const suffixedLabel = (label: string, suffix: number): string =>
  `${label.slice(0, LABEL_LENGTH - SUFFIX_LENGTH)}-${suffix}`;

/** One XNAT scan per series, named by its number; series that share a number get a suffix, as XNAT gives them. */
export function labelScans(files: readonly AcceptedFile[], sessions: Review['sessions']): ReviewedScan[] {
  const scans: ReviewedScan[] = [];
  for (const session of sessions) {
    const own = files.filter(({ dicom }) => dicom.patient === session.patient && dicom.study === session.study);
    const series = [...Map.groupBy(own, ({ dicom }) => dicom.series).values()].flatMap(([first]) => first?.dicom ?? []);
    const taken = new Set<string>();
    for (const dicom of series.sort(bySeries)) {
      const scan = freeScanId(dicom, taken);
      taken.add(scan);
      scans.push({
        id: `r${String(scans.length + 1).padStart(4, '0')}`,
        session: session.id,
        series: dicom.series,
        scan,
        modality: dicom.modality,
        xsiType: scanXsiType(dicom.sopClass),
      });
    }
  }
  return scans;
}

function freeScanId(dicom: DicomFact, taken: ReadonlySet<string>): string {
  const number = String(Math.max(dicom.seriesNumber ?? 0, 0));
  if (!taken.has(number)) return number;
  const kind = scanKind(dicom.sopClass).toUpperCase();
  for (let suffix = 1; ; suffix += 1) {
    const candidate = `${number}-${kind}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const byKey = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);

function bySeries(left: DicomFact, right: DicomFact): number {
  const byNumber = (left.seriesNumber ?? 0) - (right.seriesNumber ?? 0);
  return byNumber === 0 ? (left.series < right.series ? -1 : 1) : byNumber;
}
