import { readdirSync, readFileSync } from 'node:fs';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { readPolicy } from '../core/policy/readPolicy.ts';
import { DomainError } from '../core/submission/codes/DomainError.ts';

/** The project policies of the deployment: every JSON file of `infra/projects`. @throws DomainError PolicyInvalid, which names the file */
export function readPolicies(folder = new URL('projects/', import.meta.url)): ProjectPolicy[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readNamed(name, readFileSync(new URL(name, folder), 'utf8')));
}

function readNamed(name: string, text: string): ProjectPolicy {
  try {
    return readPolicy(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    throw new DomainError('PolicyInvalid', `${name}: ${reason}`, { cause: error });
  }
}
