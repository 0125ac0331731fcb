import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cleanFile } from '../../clients/cli/cleanFile.ts';
import { labels, policyWith, projectKey } from '../fixtures/deidContext.ts';

/** What one thread of `airlock deid` does with each file of a folder in its second reading: read, clean, write. */
const [input = '', out = ''] = process.argv.slice(2);
const project = { policy: policyWith(), key: projectKey };
const never = new AbortController().signal;

for (const [number, name] of readdirSync(input).sort().entries()) {
  const file = { source: join(input, name), path: name, sizeBytes: 0 };
  const task = {
    number,
    file,
    labels,
    out: resolve(out),
    name: `series/${number}.dcm`,
    wantsChanges: false,
    wantsValues: false,
    wantsIdentity: false,
  };
  const cleaned = await cleanFile(task, project, never);
  if (cleaned.outcome !== 'written') throw new Error(`Cannot measure: a file is ${cleaned.code}`);
}
