import type { Review, ReviewedScan, ReviewedSession } from '../contracts/steps.ts';
import { excludedFiles, type ReviewedFact } from './reviewFiles.ts';

/** Where one file goes: into a scan, or aside. */
export type Route =
  | { kind: 'archive'; session: ReviewedSession; scan: ReviewedScan }
  | { kind: 'aside'; disposition: 'hold' | 'refuse' | 'duplicate'; code: string };

/** Carries a review out: the route of each file of these facts. */
export function routeFiles(review: Review, facts: readonly ReviewedFact[]): Map<number, Route> {
  const excluded = excludedFiles(review);
  const scanOf = scanFinder(review);
  const sessions = new Map(review.sessions.map((session) => [session.id, session]));
  return new Map(
    facts.map((fact): [number, Route] => {
      const exclusion = excluded.get(fact.file);
      if (exclusion !== undefined) return [fact.file, { kind: 'aside', ...exclusion }];
      const scan = scanOf(fact);
      const session = sessions.get(scan?.session ?? '');
      if (session === undefined || scan === undefined)
        return [fact.file, { kind: 'aside', disposition: 'hold', code: 'NotDeidentifiable' }];
      return [fact.file, { kind: 'archive', session, scan }];
    }),
  );
}

function scanFinder({ sessions, scans, placed }: Review): (fact: ReviewedFact) => ReviewedScan | undefined {
  const byStudy = new Map(sessions.map((session) => [`${session.patient} ${session.study}`, session]));
  const isScan = ({ resource }: ReviewedScan) => resource === undefined;
  const bySeries = new Map(scans.filter(isScan).map((scan) => [`${scan.session} ${scan.series}`, scan]));
  const byId = new Map(scans.map((scan) => [scan.id, scan]));
  const byFile = new Map(placed.map(({ file, scan }) => [file, byId.get(scan)]));
  return ({ file, dicom, resource }) => {
    if (resource !== undefined) return byFile.get(file);
    const session = dicom && byStudy.get(`${dicom.patient} ${dicom.study}`);
    return session && bySeries.get(`${session.id} ${dicom?.series}`);
  };
}
