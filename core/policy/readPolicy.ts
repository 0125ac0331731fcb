import { DomainError } from '../submission/codes/DomainError.ts';
import { ProjectPolicy } from './ProjectPolicy.ts';
import { policyFaults } from './policyFaults.ts';

/**
 * A policy that can be carried out.
 * @throws DomainError PolicyInvalid, naming each field that does not fit
 */
export function readPolicy(value: unknown): ProjectPolicy {
  const parsed = ProjectPolicy.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DomainError('PolicyInvalid', `Cannot read the policy of a project: ${policyFaults(parsed.error)}`);
}
