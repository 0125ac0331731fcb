import { seriesOfResource } from './placeResources.ts';
import { excludedFiles } from './reviewFiles.ts';
import type { Fact, Review, ReviewedScan, ReviewedSession } from './steps.ts';

/** Where one file goes: into a scan, or aside. */
export type Route =
  | { kind: 'archive'; session: ReviewedSession; scan: ReviewedScan }
  | { kind: 'aside'; disposition: 'hold' | 'refuse' | 'duplicate'; code: string };

/** Carries a review out: the route of each file of these facts. */
export function routeFiles(review: Review, facts: readonly Fact[]): Map<number, Route> {
  const excluded = excludedFiles(review);
  const scans = new Map(review.scans.map((scan) => [`${scan.session} ${scan.series}`, scan]));
  const sessions = new Map(review.sessions.map((session) => [`${session.patient} ${session.study}`, session]));
  return new Map(
    facts.map(({ file, dicom, resource }): [number, Route] => {
      const exclusion = excluded.get(file);
      if (exclusion !== undefined) return [file, { kind: 'aside', ...exclusion }];
      const session = resource ? review.sessions[0] : dicom && sessions.get(`${dicom.patient} ${dicom.study}`);
      const series = resource ? seriesOfResource(resource.label) : dicom?.series;
      const scan = session && scans.get(`${session.id} ${series}`);
      if (session === undefined || scan === undefined)
        return [file, { kind: 'aside', disposition: 'hold', code: 'NotDeidentifiable' }];
      return [file, { kind: 'archive', session, scan }];
    }),
  );
}
