import type { DicomFact, Fact, Review, ReviewedScan, ReviewedSession } from './steps.ts';
import { scanKind, scanXsiType, sessionXsiType } from './xsiTypes.ts';

/** A DICOM file that goes on. */
export type AcceptedFile = Pick<Fact, 'file' | 'sha256'> & { dicom: DicomFact };

/** Labels that the site asked for. */
export interface Labelling {
  subject?: string | undefined;
  session?: string | undefined;
}

/** Digits of the mapped study UID in a session label: 8 keep two studies of one patient apart. */
const STUDY_DIGITS = 8;

/**
 * One XNAT session per patient and study. Labels that the site did not ask for are pseudonyms: never an original id.
 * The order, and so every id, follows from the set alone: a retry or another site finds the same.
 */
export function labelSessions(files: readonly AcceptedFile[], labels: Labelling): ReviewedSession[] {
  const groups = [...Map.groupBy(files, ({ dicom }) => `${dicom.patient} ${dicom.study}`).entries()].sort(byKey);
  return groups.flatMap(([, members], index) => {
    const first = members[0]?.dicom;
    if (first === undefined) return [];
    const subject = labels.subject ?? `SUB-${first.patient}`;
    const kind = sessionXsiType(members.map(({ dicom }) => dicom.sopClass));
    return {
      id: `s${String(index + 1).padStart(3, '0')}`,
      subject,
      session: sessionLabel({ subject, first, kind, index }, labels),
      patient: first.patient,
      study: first.study,
      xsiType: kind,
      ...(first.studyDate === undefined ? {} : { date: first.studyDate }),
    };
  });
}

function sessionLabel(
  { subject, first, kind, index }: { subject: string; first: DicomFact; kind: string; index: number },
  labels: Labelling,
): string {
  if (labels.session !== undefined) return index === 0 ? labels.session : `${labels.session}-${index + 1}`;
  const modality = kind.replace(/^xnat:(.+)SessionData$/, '$1').toUpperCase();
  return `${subject}-${modality}-${first.study.slice(-STUDY_DIGITS)}`.slice(0, 64);
}

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
