import { readdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { compileAhead, endLoading, setStreamingFlags } from '../../clients/cli/start/streamingFlags.js';

/** What one thread of `airlock deid` does with each file of a folder in its second reading: read, clean, write. */
// as the command itself does, and before anything else is loaded
await setStreamingFlags();
enableCompileCache(join(import.meta.dirname, 'compiled'));
compileAhead();
await import('../../clients/cli/start/plainSchemas.ts');
const { cleanFile } = await import('../../clients/cli/engine/cleanFile.ts');
const { labels, policyWith, projectKey } = await import('../fixtures/deidContext.ts');
endLoading();
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
    sparesCore: availableParallelism() > 1,
  };
  const cleaned = await cleanFile(task, project, never);
  if (cleaned.outcome !== 'written') throw new Error(`Cannot measure: a file is ${cleaned.code}`);
}
