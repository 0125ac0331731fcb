import { setTimeout } from 'node:timers/promises';
import packageFile from '../../package.json' with { type: 'json' };
import { exitCodes } from './exitCodes.ts';
import { runCli } from './runCli.ts';
import { lineWriter } from './terminal/lineWriter.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const { signal } = interrupted;
let isToldLost = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // a reader that leaves, like `head`, ends neither an upload nor its exit code
    if (error.code === 'EPIPE') return;
    isToldLost = true;
    // it may come when all is done
    if (process.exitCode === exitCodes.archived) process.exitCode = exitCodes.local;
  });
}

const out = lineWriter(process.stdout);
process.on('exit', out.flush);
const exit = await runCli(process.argv.slice(2), {
  version: packageFile.version,
  env: process.env,
  cwd: process.cwd(),
  out: out.line,
  err(line) {
    // in the order in which they were said
    out.flush();
    process.stderr.write(`${line}\n`);
  },
  // named here, Node would load its client for every command
  fetch: (...args) => fetch(...args),
  clock: {
    now: () => new Date().toISOString(),
    sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal }),
  },
  random: Math.random,
  signal,
});
// what was done is done, but whoever asked for it does not have what was told
process.exitCode = exit === exitCodes.archived && isToldLost ? exitCodes.local : exit;
// at once: what goes wrong in the last moment of a process nobody hears
out.flush();
