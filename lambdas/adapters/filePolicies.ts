import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { readPolicy } from '../../core/policy/readPolicy.ts';
import type { Policies } from '../../core/submission/ports.ts';

/** The policies that were deployed with the function: a JSON array of ProjectPolicy. @throws DomainError PolicyInvalid */
export function filePolicies({ path }: { path: string }): Policies {
  const policies = z
    .array(z.unknown())
    .parse(JSON.parse(readFileSync(path, 'utf8')))
    .map(readPolicy);
  const byProject = new Map(policies.map((policy) => [policy.project, policy]));
  return { get: (project) => byProject.get(project) };
}
