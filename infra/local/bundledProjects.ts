import { readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import * as z from 'zod';
import type { LambdaFunction } from './lambdaFunctions.ts';

const Policies = z.array(z.object({ project: z.string(), xnatProject: z.string() }));

/** The function with other policies in place of those bundled with it, if it reads them at all. */
export function withProjects(each: LambdaFunction, projectsFile: string | undefined): LambdaFunction {
  const isReader = each.environment.PROJECTS_FILE !== undefined;
  if (projectsFile === undefined || !isReader) return each;
  return { ...each, environment: { ...each.environment, PROJECTS_FILE: resolvePath(projectsFile) } };
}

/** The project policies as they were bundled with the functions, or given in their place. */
export function policiesOf(functions: LambdaFunction[]): z.infer<typeof Policies> {
  const reader = functions.find(({ environment }) => environment.PROJECTS_FILE !== undefined);
  if (reader === undefined) return [];
  const path = resolvePath(dirname(reader.modulePath), String(reader.environment.PROJECTS_FILE));
  return Policies.parse(JSON.parse(readFileSync(path, 'utf8')));
}
