import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { zipOf } from '../../../contracts/archive.ts';
import { askXnat, browser, dicom, fillXnat, member, type Question, scan, subject } from './askXnat.ts';
import { openXnat } from './openXnat.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
/** Sessions are few and short. */
let strict: typeof xnat;
beforeAll(async () => {
  xnat = await openXnat();
  strict = await openXnat({ sessionIdleMs: 400, sessionsPerUser: 3 });
  await fillXnat(xnat);
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => Promise.all([xnat.close(), strict.close()]));

const ask = ({ on = xnat, ...question }: Question & { on?: { url: string } }) => askXnat(on, question);

describe('sign-in', () => {
  test('keeps a session by its cookie, ends it on DELETE and after it was idle', async () => {
    const begun = await ask({ path: '/data/JSESSION', on: strict });
    const cookie = `JSESSIONID=${begun.text}`;
    expect(begun.headers.get('set-cookie')).toContain(cookie);
    const auth = { path: '/data/auth', as: '', headers: { Cookie: cookie }, on: strict };
    expect((await ask(auth)).text).toContain('admin');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await ask(auth)).text).toMatch(/^<!DOCTYPE/);
    const again = `JSESSIONID=${(await ask({ path: '/data/JSESSION', on: strict })).text}`;
    await ask({ method: 'DELETE', path: '/data/JSESSION', as: '', headers: { Cookie: again }, on: strict });
    expect((await ask({ ...auth, headers: { Cookie: again } })).text).toMatch(/^<!DOCTYPE/);
  });

  test('takes a form, and refuses a wrong one', async () => {
    const form = (password: string) => new URLSearchParams({ username: 'admin', password });
    const login = (password: string) =>
      ask({ method: 'PUT', path: '/data/services/auth', as: '', body: form(password) });
    expect((await login('admin-password')).text).toMatch(/^[0-9A-F]{32}$/);
    expect((await login('wrong')).status).toBe(401);
  });

  test('issues an alias token that signs in until it is invalidated', async () => {
    const { alias, secret } = JSON.parse((await ask({ path: '/data/services/tokens/issue' })).text);
    const valid = { path: `/data/services/tokens/validate/${alias}/${secret}` };
    expect((await ask({ path: '/xapi/users/username', as: `${alias}:${secret}` })).text).toBe('admin');
    expect((await ask(valid)).text).toBe('{"valid":"admin"}');
    expect((await ask({ path: `/data/services/tokens/invalidate/${alias}`, as: member })).status).toBe(403);
    expect((await ask({ path: `/data/services/tokens/invalidate/${alias}` })).text).toBe('{"result":"OK"}');
    expect((await ask({ path: `/data/services/tokens/invalidate/${alias}` })).status).toBe(404);
    expect((await ask({ path: '/xapi/users/username', as: `${alias}:${secret}` })).status).toBe(401);
  });

  test('asks browsers with a session for a CSRF token', async () => {
    const [id, token] = (await ask({ path: '/data/JSESSION?CSRF=true' })).text.split('; XNAT_CSRF=');
    const headers = { ...browser, Cookie: `JSESSIONID=${id}` };
    expect((await ask({ method: 'PUT', path: subject, as: '', headers })).status).toBe(403);
    expect((await ask({ method: 'PUT', path: `${subject}?XNAT_CSRF=${token}`, as: '', headers })).status).toBe(200);
  });

  test('refuses more sessions than a user may hold, in the words of a wrong password', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => ask({ path: '/data/auth', as: member, on: strict })));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 401]));
  });
});

describe('files', () => {
  test('come with length and date, by HEAD too, and are not sent twice to who has them', async () => {
    const path = `${dicom}/files/a.dcm`;
    const head = await ask({ method: 'HEAD', path });
    expect(head.headers.get('content-length')).toBe('3');
    const since = head.headers.get('last-modified') ?? '';
    expect((await ask({ path, headers: { 'If-Modified-Since': since } })).status).toBe(304);
  });

  test('come by form, more than one, the empty ones too', async () => {
    const form = new FormData();
    form.set('one', new Blob(['first']), 'one.txt');
    form.set('two', new Blob([]), 'two.txt');
    form.set('format', 'TEXT');
    expect((await ask({ method: 'POST', path: `${scan}/resources/FORM/files`, body: form })).status).toBe(200);
    const rows = (await ask({ path: `${scan}/resources/FORM/files?format=csv` })).text;
    expect(rows).toMatch(/one\.txt,5,.*TEXT/);
    expect(rows).toMatch(/two\.txt,0,/);
  });

  test('of unknown length are taken for empty ones, but for a ZIP', async () => {
    const stream = () =>
      new ReadableStream({
        async start(controller) {
          for await (const chunk of zipOf({ 'z.dcm': Buffer.from('z') })) controller.enqueue(chunk);
          controller.close();
        },
      });
    const path = `${scan}/resources/CHUNKED/files/z.zip?inbody=true&extract=true`;
    const octets = { 'Content-Type': 'application/octet-stream' };
    expect((await ask({ method: 'PUT', path, body: stream(), headers: octets })).status).toBe(500);
    const zip = { 'Content-Type': 'application/zip' };
    expect((await ask({ method: 'PUT', path, body: stream(), headers: zip })).status).toBe(200);
    expect((await ask({ path: `${scan}/resources/CHUNKED/files/z.dcm` })).text).toBe('z');
  });

  test('out of a ZIP that climbs or lies are refused, and none of it stays', async () => {
    const honest = Buffer.concat(await Array.fromAsync(zipOf({ 'aa/b.dcm': Buffer.from('abcdefgh') })));
    const replace = (from: string, to: string) => Buffer.from(honest.toString('latin1').replaceAll(from, to), 'latin1');
    for (const body of [replace('aa/', '../'), replace('abcdefgh', 'abcdefgX'), honest.subarray(0, 40)]) {
      const path = `${scan}/resources/EVIL/files/x.zip?inbody=true&extract=true`;
      expect((await ask({ method: 'PUT', path, body: new Uint8Array(body) })).status).toBe(400);
    }
    expect((await ask({ path: `${scan}/resources/EVIL/files?format=csv` })).text).toMatch(/^Name[^\n]*\n$/);
  });

  test('that missed the catalog are appended and digested by a refresh, and lost ones leave it', async () => {
    const raced = `${scan}/resources/RACE`;
    xnat.faults.set({ catalogRaces: 1, digests: false });
    const put = { method: 'PUT', path: `${raced}/files/a.dcm?inbody=true`, body: 'abc' };
    expect((await ask(put)).status).toBe(500);
    expect((await ask({ path: `${raced}/files?format=csv` })).text).not.toContain('a.dcm');
    const query = new URLSearchParams({ resource: raced.replace('/data', '/archive'), options: 'append,checksum' });
    await ask({ method: 'POST', path: `/data/services/refresh/catalog?${query}` });
    expect((await ask({ path: `${raced}/files?format=csv` })).text).toMatch(
      /a\.dcm,3,.*900150983cd24fb0d6963f7d28e17f72/,
    );
  });

  test('are gone after DELETE, alone and with their session', async () => {
    const other = `${subject}/experiments/E2`;
    await ask({ method: 'PUT', path: `${other}?xsiType=xnat:mrSessionData` });
    await ask({ method: 'PUT', path: `${other}/resources/R/files/a?inbody=true`, body: 'a' });
    await ask({ method: 'PUT', path: `${other}/resources/R/files/b?inbody=true`, body: 'b' });
    expect((await ask({ method: 'DELETE', path: `${other}/resources/R/files/a` })).status).toBe(200);
    expect((await ask({ method: 'DELETE', path: `${other}/resources/R/files/a` })).status).toBe(404);
    expect((await ask({ path: `${other}/files?format=csv&columns=Name` })).text).toContain('b,1');
    await ask({ method: 'DELETE', path: `${other}?removeFiles=true` });
    expect((await ask({ path: `${other}?format=json` })).status).toBe(404);
  });
});

test('moves a session to the subject of the path without a word, as XNAT does, unless told not to', async () => {
  const [first, second] = ['/data/projects/DEMO/subjects/A', '/data/projects/DEMO/subjects/B'];
  const query = '?xsiType=xnat:ctSessionData';
  const made = await ask({ method: 'PUT', path: `${first}/experiments/M${query}` });
  xnat.faults.set({ movesSessions: false });
  await ask({ method: 'PUT', path: second });
  expect((await ask({ method: 'PUT', path: `${second}/experiments/M${query}` })).status).toBe(409);
  xnat.faults.set({});
  expect((await ask({ method: 'PUT', path: `${second}/experiments/M${query}` })).text).toBe(made.text);
  expect((await ask({ path: `${first}/experiments/M` })).status).toBe(404);
  expect((await ask({ path: `${second}/experiments/M` })).status).toBe(200);
});

describe('a session that exists, as XNAT has it,', () => {
  const [own, other] = ['/data/projects/DEMO/subjects/L1', '/data/projects/DEMO/subjects/L2'];
  const put = (path: string) => ask({ method: 'PUT', path });
  const isAt = async (path: string) => (await ask({ path })).status === 200;

  test('gets another label and nothing else; its ID and the addresses of its files stay', async () => {
    const made = await put(`${own}/experiments/L?xsiType=xnat:ctSessionData`);
    const file = `/data/experiments/${made.text}/resources/R/files/a`;
    await ask({ method: 'PUT', path: `${file}?inbody=true`, body: 'a' });
    await put(other);
    expect(await put(`${other}/experiments/L?label=L_NEW&date=2026-01-02`)).toMatchObject({ status: 200, text: '' });
    // neither was it moved nor dated
    expect(await isAt(`${own}/experiments/L_NEW`)).toBe(true);
    expect((await ask({ path: `${own}/experiments/L_NEW?format=json` })).text).not.toContain('2026-01-02');
    expect(await isAt(`${own}/experiments/L`)).toBe(false);
    expect((await ask({ path: file })).text).toBe('a');
    // by its ID, and as often as it is asked for
    expect((await put(`${own}/experiments/${made.text}?label=L_NEW`)).status).toBe(200);
  });

  test('keeps its label where another one has it, or XNAT works on it', async () => {
    await put(`${own}/experiments/T1?xsiType=xnat:ctSessionData`);
    await put(`${own}/experiments/T2?xsiType=xnat:ctSessionData`);
    expect(await put(`${own}/experiments/T1?label=T2`)).toMatchObject({
      status: 409,
      text: expect.stringMatching(/in use/),
    });
    xnat.faults.set({ busyRenames: 1 });
    expect(await put(`${own}/experiments/T1?label=T3`)).toMatchObject({
      status: 409,
      text: expect.stringMatching(/being processed/),
    });
    expect(await isAt(`${own}/experiments/T1`)).toBe(true);
    expect((await put(`${own}/experiments/T1?label=T3`)).status).toBe(200);
  });

  test('stays where it is when it is put under a subject that is absent, though XNAT answers 200', async () => {
    await put(`${own}/experiments/S?xsiType=xnat:ctSessionData`);
    expect((await put('/data/projects/DEMO/subjects/NOBODY/experiments/S')).status).toBe(200);
    expect(await isAt(`${own}/experiments/S`)).toBe(true);
    expect(await isAt('/data/projects/DEMO/subjects/NOBODY')).toBe(false);
  });
});

test('shows the archive as pages without scripts, with what people typed escaped', async () => {
  const note = encodeURIComponent('<script>alert(1)</script>');
  await ask({ method: 'PUT', path: `${scan}?xsiType=xnat:ctScanData&note=${note}` });
  const follow = async (path: string, label: string) => {
    const { text, headers } = await ask({ path });
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    return new RegExp(`href="(/browse/\\d+)">${label}<`).exec(text)?.[1] ?? '';
  };
  const page = await follow('/', 'DEMO')
    .then((path) => follow(path, 'S1'))
    .then((path) => follow(path, 'E1'));
  const shown = await ask({ path: await follow(page, '1') });
  expect(shown.text).toContain('&lt;script&gt;');
  expect(shown.text).not.toContain('<script');
  expect(shown.text).toContain('/data/experiments/XNAT_E00001/scans/1/resources/1/files/a.dcm');
});

test('has no fault route unless it was started with one', async () => {
  expect((await ask({ method: 'PUT', path: '/_faults', body: '{}' })).status).toBe(404);
});
