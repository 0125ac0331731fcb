import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { Fact, ReviewedScan, ReviewedSession } from './steps.ts';

/** How a scan of the review is named that stands for a resource. */
export const seriesOfResource = (label: string) => `resource/${label}`;

/**
 * The session that files which are no DICOM belong to: the only one of the submission. By the prearchive no resource can
 * go along, since its session is not there yet.
 */
export function sessionOfResources(
  sessions: readonly ReviewedSession[],
  { delivery }: ProjectPolicy,
): ReviewedSession | undefined {
  return sessions.length === 1 && delivery.route === 'archive' ? sessions[0] : undefined;
}

/** One entry per resource of the files, numbered on from the scans of the review. */
export function placeResources(
  facts: readonly Fact[],
  session: ReviewedSession,
  { policy, from }: { policy: ProjectPolicy; from: number },
): ReviewedScan[] {
  const labels = new Set(facts.flatMap(({ resource }) => resource?.label ?? []));
  const rules = policy.resources.filter(({ label }) => labels.has(label));
  const unique = [...new Map(rules.map((rule) => [rule.label, rule])).values()];
  return unique.map(({ label, format, content, tags }, index) => ({
    id: `r${String(from + index + 1).padStart(4, '0')}`,
    ...{ session: session.id, series: seriesOfResource(label), scan: label },
    ...{ modality: 'OT', xsiType: session.xsiType },
    resource: { format, content, tags },
  }));
}
