import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import type { Submission } from '../contracts/Submission.ts';
import type { Policies } from '../ports.ts';
import { requirePolicy } from './requirePolicy.ts';

/**
 * The policy by which a submission is delivered: as it is now, but for the project in XNAT and the route, which are those
 * of its plan. What went half one way cannot go on another.
 * @throws DomainError ProjectNotFound
 */
export function deliveryPolicy(policies: Policies, { project, destination }: Submission): ProjectPolicy {
  const policy = requirePolicy(policies, project);
  if (destination === undefined) return policy;
  const { xnatProject, route } = destination;
  return { ...policy, xnatProject, delivery: { ...policy.delivery, route } };
}
