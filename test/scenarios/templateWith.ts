import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPolicy } from '../../core/policy/readPolicy.ts';
import { buildWhenStale, builtPaths } from '../../infra/local/buildWhenStale.ts';

/** A copy of the synthesized template, in this folder, whose functions have these policies and no others. */
export async function templateWith(folder: string, policies: readonly object[]): Promise<string> {
  await buildWhenStale();
  const copy = join(folder, 'template');
  await cp(builtPaths.template, copy, { recursive: true });
  const text = JSON.stringify(policies.map(readPolicy));
  for (const entry of await readdir(copy, { recursive: true })) {
    if (entry.endsWith('/projects.json')) await writeFile(join(copy, entry), text);
  }
  return copy;
}
