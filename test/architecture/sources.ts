import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const folders = ['core', 'lambdas', 'infra', 'web', 'clients', 'test'];

/** Every TypeScript source of the project, by its path from the root. */
export function readSources(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(entry) || entry.includes('node_modules')) continue;
      const file = `${folder}/${entry}`;
      sources.set(file, readFileSync(new URL(file, root), 'utf8'));
    }
  }
  return sources;
}
