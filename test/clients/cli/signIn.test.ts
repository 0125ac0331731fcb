import { spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startAirlockServer } from '../../fakes/airlockServer.ts';
import { airlock, folderOf } from './cliRun.ts';

let server: Awaited<ReturnType<typeof startAirlockServer>>;
let folder: string;
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const claims = Buffer.from(JSON.stringify({ sub: 'u1', site: 'leeds', email: 'a@b.c' })).toString('base64url');
const token = `e30.${claims}.x`;

describe('signing in', () => {
  test.each([
    { by: 'a token', env: () => ({ AIRLOCK_TOKEN: token }), exit: 0 },
    { by: 'a token file', env: () => ({ AIRLOCK_TOKEN_FILE: join(folder, 'token') }), exit: 0 },
    { by: 'client credentials', env: () => ({ AIRLOCK_CLIENT_ID: 'robot', AIRLOCK_CLIENT_SECRET: 's&cret' }), exit: 0 },
    { by: 'cli.json', env: () => ({ AIRLOCK_HOME: join(folder, 'home') }), exit: 0 },
    { by: 'a wrong secret', env: () => ({ AIRLOCK_CLIENT_ID: 'robot', AIRLOCK_CLIENT_SECRET: 'wrong' }), exit: 6 },
    { by: 'nothing', env: () => ({}), exit: 13 },
  ])('by $by ends with $exit', async ({ env, exit }) => {
    server = await startAirlockServer({ tokens: [token] });
    folder = await folderOf({
      token: `${token}\n`,
      'home/cli.json': JSON.stringify({ url: server.url, clientId: 'robot', clientSecret: 's&cret' }),
    });
    const run = await airlock(['whoami'], { cwd: folder, env: { AIRLOCK_URL: server.url, ...env() } });
    expect(run.exit).toBe(exit);
    if (exit === 0) expect(run.out).toEqual([`service ${server.url}`, 'sub "u1"', 'site "leeds"']);
    expect(run.said).not.toMatch(/cret\b/);
  });

  test('gives the credentials of cli.json to no other service', async () => {
    server = await startAirlockServer({ tokens: [token] });
    folder = await folderOf({
      '.airlock/cli.json': JSON.stringify({ url: 'http://127.0.0.1:1', clientId: 'robot', clientSecret: 's&cret' }),
    });
    const run = await airlock(['whoami'], { cwd: folder, env: { AIRLOCK_URL: server.url } });
    expect(run.exit).toBe(13);
    expect(server.seen).toEqual([]);
  });

  test.each<Record<string, string>>([
    { AIRLOCK_TOKEN: 'secret' },
    { AIRLOCK_TOKEN_FILE: 'token' },
    { AIRLOCK_CLIENT_ID: 'robot', AIRLOCK_CLIENT_SECRET: 's&cret' },
  ])('gives the credentials of %o to no service that only cli.json names', async (env: Record<string, string>) => {
    server = await startAirlockServer();
    const planted = JSON.stringify({ url: server.url, clientId: 'theirs', clientSecret: 'theirs' });
    folder = await folderOf({ '.airlock/cli.json': planted, token: 'secret' });
    const run = await airlock(['whoami'], { cwd: folder, env });
    expect(run).toMatchObject({ exit: 13, said: expect.stringContaining('AIRLOCK_URL') });
    expect(server.seen).toEqual([]);
  });

  test('a cli.json that does not fit is a fault of the configuration', async () => {
    server = await startAirlockServer();
    folder = await folderOf({ '.airlock/cli.json': '{' });
    expect((await airlock(['whoami'], { cwd: folder })).exit).toBe(13);
  });
});

const entry = fileURLToPath(new URL('../../../clients/cli/airlock.js', import.meta.url));
const isOld = (node: string) => {
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return error === undefined && Number(stdout.slice(1).split('.')[0]) < 24;
};
const old = ['/usr/bin/node', '/usr/local/bin/node'].find(isOld);
if (old === undefined) console.warn('No Node older than 24 is here: the row about it does not run');

describe('the airlock program', () => {
  test('runs as a process of its own against a server', async () => {
    server = await startAirlockServer({ tokens: [token] });
    folder = await folderOf({ 'a.txt': 'a' });
    const child = spawn(process.execPath, [entry, 'upload', 'a.txt', '--project', 'DEMO', '--json'], {
      cwd: folder,
      env: { AIRLOCK_URL: server.url, AIRLOCK_TOKEN: token },
    });
    const output = Array.fromAsync(child.stdout);
    const exit = await new Promise((resolve) => child.on('close', resolve));
    const lines = Buffer.concat(await output)
      .toString()
      .trim()
      .split('\n');
    expect(exit).toBe(0);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'summary', state: 'submitted', files: 1 });
  });

  test.runIf(old !== undefined)('says in one line that it needs a newer Node', async () => {
    server = await startAirlockServer();
    folder = await folderOf({});
    const { status, stderr } = spawnSync(old ?? '', [entry, 'help'], { encoding: 'utf8' });
    expect(status).toBe(13);
    expect(stderr).toMatch(/^airlock needs Node 24; this is v\d+\.\d+\.\d+\n$/);
  });

  test('gives its version and help', async () => {
    server = await startAirlockServer();
    folder = await folderOf({});
    expect((await airlock(['--version'], { cwd: folder })).out).toEqual(['1.2.3']);
    expect((await airlock([], { cwd: folder })).out.join()).toContain('airlock upload PATH');
  });
});
