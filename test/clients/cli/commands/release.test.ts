import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startAirlockServer } from '../../../fakes/airlockServer.ts';
import { airlock, folderOf } from '../cliRun.ts';

let server: Awaited<ReturnType<typeof startAirlockServer>>;
let folder: string;
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const secret = 's&cret';

/** A site of which one submission rests, with the files that one machine writes beside it. */
type End = { state: 'held' | 'rejected' | 'failed'; reason: string };
async function begin(end?: End, fault?: NonNullable<Parameters<typeof startAirlockServer>[0]>['fault']) {
  server = await startAirlockServer({ ...(end && { end }), ...(fault && { fault }) });
  const { url } = server;
  folder = await folderOf({
    'study/a.txt': 'a',
    token: 'operator\n',
    'home/cli.json': JSON.stringify({ url, clientId: 'robot', clientSecret: secret }),
    'home/operator.json': JSON.stringify({ url, clientId: 'operator', clientSecret: secret }),
    'sender/cli.json': JSON.stringify({ url, clientId: 'robot', clientSecret: secret }),
  });
  const place = { cwd: folder, env: { AIRLOCK_HOME: join(folder, 'home') } };
  await airlock(['upload', 'study', '--project', 'DEMO'], place);
  return { place, id: [...server.cases.keys()][0] ?? '' };
}

const stateOf = (id: string) => server.cases.get(id)?.submission.state;
const resumed = (id: string) => server.seen.filter((key) => key === `POST /v1/submissions/${id}/resume`).length;

test.each([{ state: 'held' as const }, { state: 'failed' as const }])('lets go on what $state', async ({ state }) => {
  const { place, id } = await begin({ state, reason: 'FilesHeld' });
  const run = await airlock(['release', id], place);
  expect(run).toMatchObject({ exit: 0, out: [`${id} goes on: anonymizing; see \`airlock status ${id}\``] });
  expect([stateOf(id), resumed(id)]).toEqual(['archived', 1]);
});

test('with --wait tells what comes after the release alone, and the end with a proven receipt', async () => {
  const { place, id } = await begin({ state: 'held', reason: 'FilesHeld' });
  const { exit, out } = await airlock(['release', id, '--wait', '--json'], place);
  const events = out.map((line) => JSON.parse(line));
  expect(exit).toBe(0);
  expect(events.filter(({ type }) => type === 'state').map(({ state }) => state)).toEqual([
    ...['anonymizing', 'checking', 'pushing', 'confirming', 'archived'],
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'summary', submission: id, state: 'archived', archived: 1 });
  expect(events.at(-1).receipt).toContain(join(folder, 'home', 'receipts'));
});

test('a release whose answer was lost is told as what it is, and released once', async () => {
  const { place, id } = await begin({ state: 'held', reason: 'FilesHeld' }, ({ path, count }) =>
    path.endsWith('/resume') && count === 1 ? 'lose' : undefined,
  );
  const run = await airlock(['release', id, '--wait', '--json'], place);
  expect(run.exit).toBe(0);
  expect(JSON.parse(run.out.at(-1) ?? '')).toMatchObject({ type: 'summary', state: 'archived' });
  expect(resumed(id)).toBe(2);
  const released = server.cases.get(id)?.events.filter(({ type }) => type === 'submission.released');
  expect(released).toHaveLength(1);
});

test('what neither is held nor failed is a conflict', async () => {
  const { place, id } = await begin();
  const { exit, out } = await airlock(['release', id, '--json'], place);
  expect(exit).toBe(8);
  expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ type: 'error', code: 'StateConflict', exit: 8 });
});

test('a client that sends is refused, and told how to sign in as an operator', async () => {
  const { id } = await begin({ state: 'held', reason: 'FilesHeld' });
  const sender = { cwd: folder, env: { AIRLOCK_HOME: join(folder, 'sender') } };
  const run = await airlock(['release', id, '--wait'], sender);
  expect(run).toMatchObject({ exit: 7, out: [] });
  expect(run.said).toMatch(/Forbidden: .*role operator\. Sign in as an operator: .*operator\.json/);
  expect(run.said).not.toContain(secret);
  expect(stateOf(id)).toBe('held');
});

test.each([
  { by: 'client credentials', env: () => ({ AIRLOCK_CLIENT_ID: 'operator', AIRLOCK_CLIENT_SECRET: secret }) },
  { by: 'a token file', env: () => ({ AIRLOCK_TOKEN_FILE: join(folder, 'token') }) },
])('an operator elsewhere signs in by $by of the environment', async ({ env }) => {
  const { id } = await begin({ state: 'held', reason: 'FilesHeld' });
  const run = await airlock(['release', id], { cwd: folder, env: { AIRLOCK_URL: server.url, ...env() } });
  expect([run.exit, stateOf(id)]).toEqual([0, 'archived']);
});

test('gives the credentials of operator.json to no other service, and no others to the one that it names', async () => {
  const { id } = await begin({ state: 'held', reason: 'FilesHeld' });
  const elsewhere = JSON.stringify({ url: 'http://127.0.0.1:1', clientId: 'operator', clientSecret: secret });
  const here = JSON.stringify({ url: server.url, clientId: 'theirs', clientSecret: 'theirs' });
  const away = await folderOf({ 'far/operator.json': elsewhere, 'planted/operator.json': here });
  const before = server.seen.length;
  const far = { AIRLOCK_HOME: join(away, 'far'), AIRLOCK_URL: server.url };
  const planted = { AIRLOCK_HOME: join(away, 'planted'), AIRLOCK_TOKEN: 'operator' };
  for (const env of [far, planted]) {
    expect(await airlock(['release', id], { cwd: away, env })).toMatchObject({ exit: 13 });
  }
  expect(server.seen.slice(before)).toEqual([]);
  await rm(away, { recursive: true });
});

test.each([[['release']], [['release', 'a', 'b']], [['release', 'a', '--force']]])('%o is no usage', async (args) => {
  const { place, id } = await begin({ state: 'held', reason: 'FilesHeld' });
  expect((await airlock(args, place)).exit).toBe(2);
  expect(resumed(id)).toBe(0);
});
