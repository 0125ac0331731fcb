import { hashJson } from '../../audit/hashJson.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { Submission } from '../contracts/Submission.ts';
import type { Policies } from '../ports.ts';
import { requirePolicy } from './requirePolicy.ts';

/**
 * The policy that the submission was planned under: every file is examined and de-identified under one, and the receipt
 * names that one. Under another the submission begins anew.
 * @throws DomainError PolicyChanged, ProjectNotFound
 */
export function requireAppliedPolicy(policies: Policies, { project, policy: applied }: Submission): ProjectPolicy {
  const policy = requirePolicy(policies, project);
  if (policyDigest(policy) === applied?.sha256) return policy;
  throw new DomainError('PolicyChanged', 'Cannot go on: the policy of the project is not that of the plan');
}

/** SHA-256 (hex) of what a policy says of files. Who may send, and when XNAT is written to, may change at any time. */
export function policyDigest({ sites: _, delivery: __, ...policy }: ProjectPolicy): string {
  return hashJson(policy);
}
