import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askXnat, type Question } from './askXnat.ts';
import { newStudy, openPrearchive, rowsAt, type Send, sender, sendStudy, sliceOf, uriOf } from './sendStudy.ts';

let xnat: Awaited<ReturnType<typeof openPrearchive>>;
beforeAll(async () => {
  xnat = await openPrearchive();
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => xnat.close());

const ask = (question: Question) => askXnat(xnat, question);
const json = (path: string) => rowsAt(xnat, path);
const send = (study: ReturnType<typeof newStudy>, what?: Send) => sendStudy(xnat, study, what);
const post = (path: string, as = sender) => ask({ method: 'POST', path, as });
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const statusOf = async (uri: string) => (await json(`${uri}?format=json`))[0].status;

describe('a session in the prearchive', () => {
  test('receives, is built, archived, and then is gone from there', async () => {
    const own = newStudy();
    const sent = await send(own, {
      files: { 'a.dcm': sliceOf(own, 1, 1), 'b.dcm': sliceOf(own, 1, 2), 'c.dcm': sliceOf(own, 2, 1) },
    });
    const uri = uriOf(sent);
    expect(uri).toMatch(new RegExp(`^/data/prearchive/projects/DEMO/\\d{8}_\\d{9}/${own.label}$`));
    expect(await statusOf(uri)).toBe('RECEIVING');
    expect((await ask({ path: `${uri}?format=xml` })).status).toBe(404);
    await post(`${uri}?action=build`);
    expect(await statusOf(uri)).toBe('READY');
    expect((await ask({ path: `${uri}?format=xml` })).text).toContain('<xnat:scan ID="1"');
    expect((await json(`${uri}/scans?format=json`)).map(({ ID }: { ID: string }) => ID)).toEqual(['1', '2']);
    const files = await json(`${uri}/scans/1/resources/DICOM/files?format=json`);
    expect(files.map(({ Name, digest }: { Name: string; digest: string }) => [Name, digest])).toEqual([
      ['a.dcm', ''],
      ['b.dcm', ''],
    ]);
    const committed = await post(`${uri}?action=commit`);
    expect(committed.status).toBe(301);
    expect(committed.headers.get('location')).toBeNull();
    expect(uriOf(committed)).toBe(`/data/archive/projects/DEMO/subjects/${own.subject}/experiments/${own.label}`);
    expect((await ask({ path: uri })).status).toBe(404);
    const archived = `/data/projects/DEMO/experiments/${own.label}`;
    const catalog = await ask({ path: `${archived}/scans/1/resources/DICOM?format=xml` });
    expect(catalog.text.match(/UID="[\d.]+"/g)).toHaveLength(2);
    const [stored] = await json(`${archived}/scans/1/resources/DICOM/files?format=json`);
    const bytes = await fetch(`${xnat.url}${stored.URI}`, {
      headers: { Authorization: `Basic ${Buffer.from('admin:admin-password').toString('base64')}` },
    });
    expect(md5(new Uint8Array(await bytes.arrayBuffer()))).toBe(stored.digest);
  });

  test('goes on receiving when something arrives while it is built', async () => {
    const own = newStudy();
    const uri = uriOf(await send(own));
    xnat.faults.set({ buildMs: 400 });
    const building = post(`${uri}?action=build`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await statusOf(uri)).toBe('BUILDING');
    expect(uriOf(await send(own, { files: { 'b.dcm': sliceOf(own, 1, 2) } }))).toBe(uri);
    expect(await statusOf(uri)).toBe('RECEIVING_INTERRUPT');
    await building;
    expect(await statusOf(uri)).toBe('RECEIVING');
  });

  test('is locked while it is archived, and its queued archiving is told by event tracking', async () => {
    const own = newStudy();
    const uri = uriOf(await send(own));
    xnat.faults.set({ archiveMs: 400 });
    const committed = await post(`${uri}?action=commit&AA=true&http-session-listener=job-1`);
    expect([committed.status, uriOf(committed)]).toEqual([200, uri]);
    expect(await statusOf(uri)).toBe('ARCHIVING');
    expect((await post(`${uri}?action=commit`)).status).toBe(409);
    expect((await post(`/data/services/archive?src=${uri.replace('/data', '')}`)).status).toBe(403);
    const told = async () => JSON.parse((await ask({ path: '/xapi/event_tracking/job-1', as: sender })).text);
    expect((await told()).succeeded).toBeNull();
    expect((await ask({ path: '/xapi/event_tracking/job-1' })).status).toBe(404);
    await expect.poll(async () => (await told()).succeeded).toBe(true);
    expect((await told()).finalMessage).toMatch(/^\/data\/archive\/projects\/DEMO/);
  });

  test('stays when its project archives nothing by itself, until a curator does', async () => {
    const own = newStudy();
    const uri = uriOf(await send(own, { query: { PROJECT_ID: 'MANUAL' } }));
    expect(uriOf(await post(`${uri}?action=commit`))).toBe(uri);
    expect(await statusOf(uri)).toBe('READY');
    expect(await json(`/data/services/validate-archive?format=json&src=${uri}`).catch(() => 'POST')).toBe('POST');
    const archived = await post(`/data/services/archive?src=${uri.replace('/data', '')}`);
    expect([archived.status, uriOf(archived)]).toEqual([
      200,
      `/data/archive/projects/MANUAL/subjects/${own.subject}/experiments/${own.label}`,
    ]);
  });

  test('is shown on the page of the stand-in', async () => {
    const own = newStudy();
    await send(own);
    const { text } = await ask({ path: '/' });
    expect(text).toMatch(new RegExp(`>${own.label}</a></td><td>DEMO</td><td>${own.subject}</td><td>RECEIVING<`));
  });

  test('moves to another project, and goes away', async () => {
    const own = newStudy();
    const uri = uriOf(await send(own));
    const moved = await post(`${uri}?action=move&newProject=MANUAL`);
    expect([moved.status, uriOf(moved)]).toEqual([301, uri.replace('DEMO', 'MANUAL')]);
    expect(await json(`${uriOf(moved)}/scans/1/resources/DICOM/files?format=json`)).toHaveLength(1);
    const src = uriOf(moved).replace('/data', '');
    expect((await post(`/data/services/prearchive/delete?src=${src}`)).status).toBe(200);
    expect((await ask({ path: uriOf(moved) })).status).toBe(404);
  });

  test.each<{ why: string; query: Record<string, string>; isArchived: boolean }>([
    { why: 'by itself when it has rested', query: {}, isArchived: true },
    { why: 'never when its sender forbids it', query: { prevent_auto_commit: 'true' }, isArchived: false },
    { why: 'never when it comes from an uploader', query: { SOURCE: 'uploader' }, isArchived: false },
  ])('is archived $why', async ({ query, isArchived }) => {
    const own = newStudy();
    const hasty = await openPrearchive({ prearchiveIdleMs: 100 });
    const uri = uriOf(await sendStudy(hasty, own, { query }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await askXnat(hasty, { path: uri })).status).toBe(isArchived ? 404 : 200);
    await hasty.close();
  });
});

describe('a role in a project', () => {
  test('hides a closed project, and lists the projects one may write to', async () => {
    const listed = async (as: string) => {
      const { text } = await ask({ path: '/data/projects?format=csv&columns=ID&permissions=edit', as });
      return text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]);
    };
    expect(await listed(sender)).toEqual(['DEMO', 'MANUAL']);
    expect(await listed('reader:reader-password')).toEqual([]);
    const closed = await ask({ path: '/data/projects/CLOSED/subjects', as: sender });
    expect(closed).toMatchObject({ status: 404, text: 'Unable to identify project' });
    expect((await ask({ path: '/data/projects/CLOSED/users?format=csv' })).text).not.toContain('sender');
  });

  test('keeps a reader from committing', async () => {
    const uri = uriOf(await send(newStudy()));
    expect((await post(`${uri}?action=commit`, 'reader:reader-password')).status).toBe(403);
  });
});
