import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { Policies } from '../ports.ts';

/** @throws DomainError ProjectNotFound */
export function requirePolicy(policies: Policies, project: string): ProjectPolicy {
  const policy = policies.get(project);
  if (policy === undefined)
    throw new DomainError('ProjectNotFound', 'Cannot read the policy: the project is not deployed');
  return policy;
}
