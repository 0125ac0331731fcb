import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPaths } from '../../infra/local/buildWhenStale.ts';
import { type Machine, startMachine } from './machine.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
}, 180_000);
afterAll(() => machine.stop());

/** Runs `airlock` as a person does who only started the machine: with the files that it wrote, and what `env` adds. */
async function airlock(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(builtPaths.root, 'clients/cli/airlock.js'), ...args], {
    cwd: machine.folder,
    env: { PATH: process.env.PATH, AIRLOCK_HOME: machine.dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()));
  const [code] = await ended;
  return { code, out: String(Buffer.concat(out ?? [])), err: String(Buffer.concat(err ?? [])) };
}

/** The environment of a machine that may only send. */
async function uploader() {
  const { url, clientId, clientSecret } = JSON.parse(await readFile(join(machine.dataDir, 'cli.json'), 'utf8'));
  return { AIRLOCK_URL: url, AIRLOCK_CLIENT_ID: clientId, AIRLOCK_CLIENT_SECRET: clientSecret };
}

const lastEvent = ({ out }: { out: string }) => JSON.parse(out.trim().split('\n').at(-1) ?? '');

test('what is held is released, and archived', { timeout: 120_000 }, async () => {
  const files = ['one', 'another'].flatMap((seed) =>
    studyOf(`person ${seed}`, { slices: 2 }).map(({ path, bytes }) => ({ path: `${seed}/${path}`, bytes })),
  );
  const folder = await machine.site.writeFolder('two people', files);
  const sent = await airlock(['upload', folder, '--project', 'DEMO', '--subject', 'TOGETHER', '--wait', '--json']);
  expect(sent.code).toBe(10);
  const { submission, ...end } = lastEvent(sent);
  expect(end).toMatchObject({ state: 'held', code: 'MixedPatients' });

  expect(await airlock(['release', submission], await uploader())).toMatchObject({ code: 7, out: '' });
  expect((await airlock(['status', submission])).code).toBe(10);
  const released = await airlock(['release', submission, '--wait', '--json']);
  expect(lastEvent(released)).toMatchObject({ type: 'summary', state: 'archived', archived: 4 });
  expect(released.code).toBe(0);
  expect(await airlock(['verify', lastEvent(released).receipt, '--local', folder])).toMatchObject({ code: 0 });
});

test('what is archived is withdrawn, and its certificate verified', { timeout: 120_000 }, async () => {
  const folder = await machine.site.writeFolder('regretted', studyOf('regretted', { slices: 2 }));
  const sent = await airlock(['upload', folder, '--project', 'DEMO', '--wait', '--json']);
  const { submission, state } = lastEvent(sent);
  expect(state).toBe('archived');

  const refused = await airlock(['withdraw', submission], await uploader());
  expect(refused).toMatchObject({ code: 7, out: '' });
  expect(refused.err).toMatch(/^Forbidden: .*it needs the role operator\. Sign in as an operator: .*operator\.json/m);

  const withdrawn = await airlock(['withdraw', submission, '-o', 'certificate.json']);
  expect(withdrawn.err).toContain('2 files are gone from XNAT');
  expect(withdrawn.code).toBe(0);
  const { url, username, password } = machine.site.xnat;
  const account = { AIRLOCK_XNAT_URL: url, AIRLOCK_XNAT_USERNAME: username, AIRLOCK_XNAT_PASSWORD: password };
  expect(await airlock(['verify', 'certificate.json', '--archive'], account)).toMatchObject({ code: 0 });
});
