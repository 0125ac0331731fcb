import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultSettings } from '../../../infra/local/xnat/faults.ts';
import { xnatArchive } from '../../../lambdas/adapters/xnatArchive.ts';
import type { XnatAccess } from '../../../lambdas/adapters/xnatSession.ts';
import { md5, targetOf, zipOf } from '../../contracts/archive.ts';
import { askXnat } from '../../infra/local/xnat/askXnat.ts';
import { openXnat } from '../../infra/local/xnat/openXnat.ts';

const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
const files = { '1.2.dcm': Buffer.alloc(200_000, 1), '1.3.dcm': Buffer.from('small') };

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => xnat.close());

const open = (access: Partial<XnatAccess> = {}) => xnatArchive({ url: xnat.url, ...account, ...access });
let count = 0;
const next = () => {
  count += 1;
  return targetOf(count);
};

/** What XNAT holds under a label, by its administrator's eyes. */
async function sessionsLabelled(label: string): Promise<string[]> {
  const basic = Buffer.from('admin:admin-password').toString('base64');
  const url = `${xnat.url}/data/projects/DEMO/experiments?format=csv&columns=label&label=${label}`;
  const text = await (
    await fetch(url, { headers: { Authorization: `Basic ${basic}`, 'User-Agent': 'test/1' } })
  ).text();
  return text.trim().split('\n').slice(1);
}

const faults: Array<{ why: string; settings: Partial<FaultSettings>; code: string | undefined }> = [
  { why: 'each path fails once before the write', settings: { failOnce: 'beforeWrite' }, code: 'XnatUnavailable' },
  { why: 'each path fails once after the write', settings: { failOnce: 'afterWrite' }, code: 'XnatUnavailable' },
  { why: 'replies are lost after the write', settings: { dropReplies: 3 }, code: 'XnatUnavailable' },
  { why: 'it is down for a second', settings: { downMs: 1000 }, code: 'XnatUnavailable' },
  { why: 'its proxy says 503 for a second', settings: { downMs: 1000, downAnswer: '503' }, code: 'XnatUnavailable' },
  { why: 'its proxy gives up before the write is done', settings: { gatewayTimeouts: 3 }, code: 'XnatUnavailable' },
  { why: 'the catalog changes under a write', settings: { catalogRaces: 1 }, code: 'XnatUnavailable' },
  { why: 'the session ends before a small request', settings: { endSessions: 1 }, code: undefined },
  { why: 'the login page comes instead of data', settings: { htmlAnswers: 1 }, code: undefined },
  { why: 'a redirect comes instead of data', settings: { redirects: 1 }, code: undefined },
];

describe('delivery into a faulty XNAT', () => {
  test.each(faults)('ends with one equal copy when $why', async ({ settings, code }) => {
    const archive = open();
    const target = next();
    const deliver = async () => {
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
    };
    await archive.listFiles(target);
    xnat.faults.set(settings);
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const fault: unknown = await deliver().then(
        () => undefined,
        (error) => error.name,
      );
      if (fault === undefined) break;
      codes.push(fault);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(new Set(codes)).toEqual(new Set(code === undefined ? [] : [code]));
    expect(await sessionsLabelled(target.session.session)).toHaveLength(1);
    const listed = (await archive.listFiles(target)).map(({ name, md5: digest }) => [name, digest]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(Object.entries(files).map(([n, b]) => [n, md5(b)])));
    expect(listed).toHaveLength(2);
  });

  test('tells a session that ends during an upload as a passing fault, since the pack is sent only once', async () => {
    const archive = open();
    const target = next();
    await archive.ensureScan(target);
    xnat.faults.set({ endSessions: 1 });
    const pack = () => archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
    await expect(pack()).rejects.toMatchObject({ name: 'XnatUnavailable' });
    await pack();
    expect(await archive.listFiles(target)).toHaveLength(2);
  });

  test('tells how long XNAT wants to be left in peace', async () => {
    const archive = open();
    xnat.faults.set({ downMs: 60_000, downAnswer: '503', retryAfterSeconds: 120 });
    const refusal = { name: 'XnatUnavailable', retryAfterSeconds: 120 };
    await expect(archive.listFiles(next())).rejects.toMatchObject(refusal);
  });

  test('gives up waiting for a slow answer', async () => {
    xnat.faults.set({ slowMs: 2000 });
    await expect(open({ timeoutMs: 100 }).listFiles(next())).rejects.toMatchObject({ name: 'XnatUnavailable' });
  });

  test('has digests computed where the site stored none, and digests by download where it never does', async () => {
    const archive = open();
    const target = next();
    xnat.faults.set({ digests: false });
    await archive.ensureScan(target);
    await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
    const [blank] = await archive.listFiles(target);
    expect(blank?.md5).toBeUndefined();
    expect(await archive.digestFile(blank?.uri ?? '')).toMatchObject({
      sizeBytes: 200_000,
      md5: md5(files['1.2.dcm']),
    });
    await archive.readHeaders(target);
    expect((await archive.listFiles(target)).map(({ md5: digest }) => digest)).toEqual(Object.values(files).map(md5));
  });
});

describe('an account', () => {
  test('may be an alias token, until it is taken back', async () => {
    const asked = await askXnat(xnat, { path: '/data/services/tokens/issue', as: 'airlock:airlock-password' });
    const { alias, secret } = JSON.parse(asked.text);
    const archive = open({ username: alias, password: secret });
    const target = next();
    await archive.ensureScan(target);
    await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
    expect(await archive.listFiles(target)).toHaveLength(2);
    await archive.end();
    await askXnat(xnat, { path: `/data/services/tokens/invalidate/${alias}`, as: 'airlock:airlock-password' });
    await expect(archive.listFiles(target)).rejects.toMatchObject({ name: 'XnatRefused' });
  });

  test('signs in anew once, and no more, when its session ends again and again', async () => {
    const archive = open();
    await archive.listFiles(next());
    xnat.faults.set({ endSessions: 5 });
    await expect(archive.listFiles(next())).rejects.toMatchObject({ name: 'XnatRefused' });
    xnat.faults.set({});
    expect(await archive.listFiles(next())).toEqual([]);
  });

  test.each(['Mozilla/5.0', 'x AppleWebKit/537', 'MSIE 6', 'Opera/9'])(
    'does not call itself %s, which XNAT answers with pages',
    (userAgent) => {
      expect(() => open({ userAgent })).toThrow(expect.objectContaining({ name: 'XnatRefused' }));
    },
  );
});

test('goes where no redirect leads', async () => {
  let accepted = 0;
  const elsewhere = createServer((socket) => {
    accepted += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const address = elsewhere.address();
  const redirectTo = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/data/projects`;
  for (const redirects of [1, 9]) {
    const archive = open();
    await archive.listFiles(next());
    xnat.faults.set({ redirects, redirectTo });
    const listing = archive.listFiles(next());
    if (redirects === 1) expect(await listing).toEqual([]);
    else await expect(listing).rejects.toMatchObject({ name: 'XnatRefused' });
  }
  elsewhere.close();
  expect(accepted).toBe(0);
});

test.each([
  { why: 'the password is wrong', access: { password: 'wrong' }, code: 'XnatRefused' },
  {
    why: 'the account may only read',
    access: { username: 'reader', password: 'reader-password' },
    code: 'XnatRefused',
  },
  { why: 'nothing listens there', access: { url: 'http://127.0.0.1:9' }, code: 'XnatUnavailable' },
])('refuses delivery by code when $why', async ({ access, code }) => {
  await expect(open(access).ensureScan(next())).rejects.toMatchObject({ name: code });
});

test('stores nothing for an account that XNAT lets in and silently ignores', async () => {
  const target = next();
  await open().ensureScan(target);
  const reader = open({ username: 'reader', password: 'reader-password' });
  await reader.putPack(target, { name: 'pack-000001', body: zipOf(files) });
  expect(await reader.listFiles(target)).toEqual([]);
});

test.each([
  { why: 'leads to another host', uri: '//elsewhere.test/data/x' },
  { why: 'leaves /data', uri: '/xapi/users' },
  { why: 'climbs out of /data', uri: '/data/../xapi/users' },
  { why: 'adds a query', uri: '/data/projects?format=zip' },
])('does not digest an address that $why', async ({ uri }) => {
  await expect(open().digestFile(uri)).rejects.toMatchObject({ name: 'XnatRefused' });
});

test('names no label and no address in a refusal', async () => {
  const target = next();
  const other = { ...target, session: { ...target.session, subject: 'SECRET' } };
  await open().ensureScan(target);
  const fault: unknown = await open()
    .ensureScan(other)
    .catch((error) => error.message);
  expect(fault).not.toMatch(/SECRET|SESS_|SUBJ_|http/);
});
