import { setTimeout } from 'node:timers/promises';
import packageFile from '../../package.json' with { type: 'json' };
import { runCli } from './runCli.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const { signal } = interrupted;
// a reader that leaves, like `head`, ends neither an upload nor its exit code
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  version: packageFile.version,
  env: process.env,
  cwd: process.cwd(),
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  // named here, Node would load its client for every command
  fetch: (...args) => fetch(...args),
  clock: {
    now: () => new Date().toISOString(),
    sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal }),
  },
  random: Math.random,
  signal,
});
