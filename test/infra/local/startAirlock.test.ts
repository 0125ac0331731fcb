import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildWhenStale, builtPaths } from '../../../infra/local/buildWhenStale.ts';
import { type Airlock, type AirlockOptions, startAirlock } from '../../../infra/local/startAirlock.ts';
import { runCommandLine, writeStudy } from './sendStudy.ts';

let directory: string;
let dataDir: string;
let airlock: Airlock | undefined;

beforeAll(async () => {
  await buildWhenStale();
  directory = await mkdtemp(join(tmpdir(), 'airlock-machine-'));
}, 180_000);
afterEach(async () => {
  await airlock?.stop();
  airlock = undefined;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function start(name: string, options: Partial<AirlockOptions> = {}) {
  dataDir = join(directory, name);
  airlock = await startAirlock({
    ...{ dataDir, templateDir: builtPaths.template, webDir: builtPaths.web, timeScale: 0.01 },
    ...options,
  });
  return airlock;
}

/** The template with a text of its workflow replaced, beside the same assets. */
async function alteredTemplate(name: string, [before, after]: [string, string]): Promise<string> {
  const altered = await mkdtemp(join(directory, `${name}-`));
  for (const entry of await readdir(builtPaths.template)) {
    await symlink(join(builtPaths.template, entry), join(altered, entry));
  }
  const file = join(altered, 'Airlock.template.json');
  const text = await readFile(file, 'utf8');
  // the definition is JSON within JSON
  const [inner, wanted] = [before, after].map((part) => JSON.stringify(part).slice(1, -1));
  expect(text).toContain(inner);
  await rm(file);
  await writeFile(file, text.replace(String(inner), String(wanted)));
  return altered;
}

const send = async (name: string, slices = 4) =>
  runCommandLine(dataDir, [
    'upload',
    await writeStudy(join(directory, `study-${name}`), name, slices),
    '--project',
    'DEMO',
    '--wait',
  ]);

test('a study goes from its folder into XNAT, and what it cost is told', { timeout: 120_000 }, async () => {
  const states: string[] = [];
  const { urls, keyring, counters, deadLetters } = await start('whole', { onState: ({ state }) => states.push(state) });
  const { code, events } = await send('whole');
  expect(events.at(-1)).toMatchObject({ type: 'summary', state: 'archived', archived: 4 });
  expect(code).toBe(0);
  expect(states).toEqual(
    expect.arrayContaining(['Plan', 'Validate', 'ValidateBatch', 'Push', 'PushScan', 'Confirm', 'Seal']),
  );
  const { invocations, workflow, s3 } = await counters();
  expect(invocations).toMatchObject({ planSubmission: { errors: 0 }, validateBatch: { errors: 0 } });
  expect(invocations.planSubmission?.gbSeconds).toBeGreaterThan(0);
  expect(workflow).toMatchObject({ expressExecutions: 2 });
  expect(Object.values(s3).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
  expect(deadLetters()).toEqual([]);
  const { username, password } = keyring.xnat;
  const listed = await fetch(`${urls.xnat}/data/projects/DEMO/experiments?format=json`, {
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  });
  expect(await listed.text()).toContain('"totalRecords":"1"');
});

test('what is secret is for its owner alone, and the portal may talk to this machine only', {
  timeout: 60_000,
}, async () => {
  const { urls } = await start('private');
  for (const file of [
    'cli.json',
    'operator.json',
    'users.json',
    ...(await readdir(join(dataDir, 'keys'))).map((name) => `keys/${name}`),
  ]) {
    expect((await stat(join(dataDir, file))).mode & 0o077, file).toBe(0);
  }
  const policy = (await fetch(urls.portal)).headers.get('content-security-policy');
  expect(policy).toContain(`connect-src 'self' ${urls.s3} ${urls.issuer}`);
  expect(policy).not.toContain('amazonaws.com');
  await expect(start('private')).rejects.toThrow(/another Airlock \(process \d+\) uses/);
});

test('a step whose process dies is run again', { timeout: 120_000 }, async () => {
  let deaths = 0;
  await start('death', {
    onInvoke: ({ functionName, kill }) => {
      if (functionName !== 'anonymizeBatch' || deaths > 0) return;
      deaths += 1;
      kill();
    },
  });
  const { code, events } = await send('death');
  expect(events.at(-1)).toMatchObject({ state: 'archived' });
  expect([deaths, code]).toEqual([1, 0]);
});

test('a submission that a stop interrupted goes on at the next start', { timeout: 180_000 }, async () => {
  const interrupted = Promise.withResolvers<void>();
  await start('restart', { onState: ({ state }) => state === 'Anonymize' && interrupted.resolve() });
  const folder = await writeStudy(join(directory, 'study-restart'), 'restart');
  const sent = await runCommandLine(dataDir, ['upload', folder, '--project', 'DEMO']);
  const submission = String(sent.events.at(-1)?.submission);
  await interrupted.promise;
  await airlock?.stop();

  await start('restart');
  await expect
    .poll(async () => (await runCommandLine(dataDir, ['status', submission])).events.at(-1), {
      timeout: 90_000,
      interval: 1000,
    })
    .toMatchObject({ state: 'archived' });
});

test('a template whose Decide leads elsewhere runs differently', { timeout: 120_000 }, async () => {
  const change: [string, string] = [
    '"StringEquals":"accept","Next":"Anonymize"',
    '"StringEquals":"accept","Next":"Hold"',
  ];
  const states: string[] = [];
  const templateDir = await alteredTemplate('altered', change);
  await start('altered', { templateDir, onState: ({ state }) => states.push(state) });
  // the step itself refuses to hold what the review accepted, so the altered way ends in failure
  expect((await send('altered')).events.at(-1)).toMatchObject({ state: 'failed' });
  expect(states).toEqual(expect.arrayContaining(['Decide', 'Hold', 'RecordFailure']));
  expect(states).not.toContain('Anonymize');
});

test('a template with a field that is not run here does not start', { timeout: 60_000 }, async () => {
  const change: [string, string] = ['"Type":"Succeed"', '"Type":"Succeed","Assign":{"x":1}'];
  await expect(start('refused', { templateDir: await alteredTemplate('refused', change) })).rejects.toThrow(
    /the field Assign is not run here/,
  );
  await expect(start('refused')).resolves.toHaveProperty('urls');
});
