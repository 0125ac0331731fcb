import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWhenStale, builtPaths } from '../../../infra/local/buildWhenStale.ts';
import { choosePorts } from '../../../infra/local/choosePorts.ts';
import { listen } from '../../../infra/local/listen.ts';

let dataDir: string;
let base: number;

beforeAll(async () => {
  await buildWhenStale();
  dataDir = await mkdtemp(join(tmpdir(), 'airlock-start-'));
  base = await freePortBase();
}, 180_000);
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Five free ports in a row, below those that the kernel gives away. */
async function freePortBase(): Promise<number> {
  for (let candidate = 20_000 + (process.pid % 1000) * 10; ; candidate += 5) {
    const ports = await choosePorts(candidate).catch(() => undefined);
    if (ports !== undefined) return candidate;
  }
}

/** Runs `npm start` without npm, as its own process; `onLine` may end it. */
async function start(args: string[], onLine: (line: string, kill: () => void) => void = () => undefined) {
  const child = spawn(process.execPath, [join(builtPaths.root, 'infra/local/start.ts'), ...args], {
    env: { ...process.env, AIRLOCK_DATA: dataDir, AIRLOCK_PORT_BASE: String(base) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const errors = child.stderr.toArray();
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    onLine(line, () => child.kill('SIGKILL'));
  }
  const [code, signal] = await ended;
  return { code, signal, text: lines.join('\n'), errors: String(Buffer.concat(await errors)) };
}

test('the sample study that a kill interrupted is archived by the next start', { timeout: 180_000 }, async () => {
  const killed = await start(['--once'], (line, kill) => line.endsWith('Anonymize') && kill());
  expect(killed.signal).toBe('SIGKILL');
  const begun = await readFile(join(dataDir, 'sample-begun'), 'utf8');

  const second = await start(['--once']);
  expect(second.text).toMatch(
    /Archived: 64 files, confirmed by XNAT\n {2}SUB-\w+ \/ \S+ {3}http:\/\/127\.0\.0\.1:\d+\/data\//,
  );
  expect(second.text).toContain(`${begun}.receipt.json`);
  expect(second.code).toBe(0);

  const third = await start(['--once']);
  expect(third.text).toContain('The sample study was archived at an earlier start');
  expect(third.code).toBe(0);
});

test('a taken port ends the start with a sentence', { timeout: 60_000 }, async () => {
  const taken = await listen(createServer(), base + 2);
  const refused = await start(['--once']);
  await taken.stop();
  expect(refused.code).toBe(1);
  expect(refused.errors).toMatch(
    /^Cannot listen on 127\.0\.0\.1:\d+: another program has this port\. Set AIRLOCK_PORT_BASE/,
  );
});
