import { readdirSync, readFileSync } from 'node:fs';
import { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';

/** The project policies of the deployment: every JSON file of `infra/projects`. Throws on the first that does not fit. */
export function readPolicies(folder = new URL('projects/', import.meta.url)): ProjectPolicy[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ProjectPolicy.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
}
