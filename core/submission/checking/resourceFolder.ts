import type { ReviewedScan, ReviewedSession } from '../contracts/steps.ts';

/**
 * The folder of a delivery within its resource: in what many submissions share, the label of its session, with a slash;
 * elsewhere none. A session that takes the label later may put files beside them: their names are digests.
 */
export function resourceFolder({ session, scan }: { session: ReviewedSession; scan: ReviewedScan }): string {
  const level = scan.resource?.level;
  return level === 'subject' || level === 'project' ? `${session.session}/` : '';
}
