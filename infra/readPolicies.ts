import { readdirSync, readFileSync } from 'node:fs';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { readPolicy } from '../core/policy/readPolicy.ts';

/** The project policies of the deployment: every JSON file of `infra/projects`. @throws DomainError PolicyInvalid */
export function readPolicies(folder = new URL('projects/', import.meta.url)): ProjectPolicy[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readPolicy(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
}
