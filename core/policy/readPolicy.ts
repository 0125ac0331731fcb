import { DomainError } from '../submission/DomainError.ts';
import { ProjectPolicy } from './ProjectPolicy.ts';

/**
 * A policy that can be carried out.
 * @throws DomainError PolicyInvalid, naming each field that does not fit
 */
export function readPolicy(value: unknown): ProjectPolicy {
  const parsed = ProjectPolicy.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')} (${message})`);
  throw new DomainError('PolicyInvalid', `Cannot read the policy of a project: ${faults.join(', ')}`);
}
