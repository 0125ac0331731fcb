import type { ReviewedScan, ReviewedSession } from './steps.ts';

/**
 * The folder of a delivery within its resource: in what many submissions share, the label of its session, with a slash;
 * elsewhere none. What lies outside of it is others'.
 */
export function resourceFolder({ session, scan }: { session: ReviewedSession; scan: ReviewedScan }): string {
  const level = scan.resource?.level;
  return level === 'subject' || level === 'project' ? `${session.session}/` : '';
}
