import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import type { Policies } from '../../core/submission/ports.ts';

/** The policies that were deployed with the function: a JSON array of ProjectPolicy. */
export function filePolicies({ path }: { path: string }): Policies {
  const policies = z.array(ProjectPolicy).parse(JSON.parse(readFileSync(path, 'utf8')));
  const byProject = new Map(policies.map((policy) => [policy.project, policy]));
  return { get: (project) => byProject.get(project) };
}
