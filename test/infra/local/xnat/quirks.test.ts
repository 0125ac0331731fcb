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

/** The address of a new session in the archive. */
async function sessionOf() {
  const own = newStudy();
  await send(own, { query: { dest: '/archive' } });
  return `/data/projects/DEMO/experiments/${own.label}`;
}

/** Each quirk of XNAT that clients trip over, and what comes when it is off. */
const quirks: {
  why: string;
  off: Parameters<typeof xnat.faults.set>[0];
  show: () => Promise<unknown>;
  on: unknown;
  without: unknown;
}[] = [
  {
    why: 'an import into a project that is not there goes to Unassigned with 200',
    off: { unassignedFallback: false },
    show: async () => {
      const { status, text } = await send(newStudy(), { query: { PROJECT_ID: 'NONE' } });
      return [status, text.includes('/projects/Unassigned/')];
    },
    on: [200, true],
    without: [403, false],
  },
  {
    why: 'an import into a closed project goes to Unassigned with 200',
    off: { unassignedFallback: false },
    show: async () => (await send(newStudy(), { query: { PROJECT_ID: 'CLOSED' } })).status,
    on: 200,
    without: 403,
  },
  {
    why: 'any word for overwrite lets an import merge',
    off: { looseOverwrite: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      return (await send(own, { query: { dest: '/archive', overwrite: 'none' }, files: { 'b.dcm': sliceOf(own, 2) } }))
        .status;
    },
    on: 200,
    without: 400,
  },
  {
    why: 'a name that exists is told with status 200 as HTML',
    off: { quietDuplicates: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      const path = `/data/projects/DEMO/experiments/${own.label}/resources/R/files/a?inbody=true`;
      await ask({ method: 'PUT', path, body: 'a' });
      const { status, headers } = await ask({ method: 'PUT', path, body: 'a' });
      return [status, headers.get('content-type')?.split(';')[0]];
    },
    on: [200, 'text/html'],
    without: [409, 'text/plain'],
  },
  {
    why: 'a commit that archived answers 301 without a place',
    off: { commitAnswers301: false },
    show: async () => (await post(`${uriOf(await send(newStudy()))}?action=commit`)).status,
    on: 301,
    without: 200,
  },
  {
    why: 'a conflict is 400 on import',
    off: { mapsConflicts: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      return (await send(own, { query: { dest: '/archive' } })).status;
    },
    on: 400,
    without: 409,
  },
  {
    why: 'a conflict is 500 on services/archive',
    off: { mapsConflicts: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      const uri = uriOf(await send({ ...own, subject: 'OTHER' }));
      return (await post(`/data/services/archive?src=${uri.replace('/data', '')}`)).status;
    },
    on: 500,
    without: 409,
  },
  {
    why: 'a conflict stays as a row with its reason',
    off: { keepsConflicts: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      const uri = uriOf(await send({ ...own, subject: 'OTHER' }));
      expect((await post(`${uri}?action=commit`)).status).toBe(409);
      const { status, text } = await ask({ path: `${uri}/logs` });
      return [status, text.includes('Already Exists for another Subject')];
    },
    on: [200, true],
    without: [404, false],
  },
  {
    why: 'lines of an answer end with CR LF',
    off: { crlfAnswers: false },
    show: async () => (await send(newStudy())).text.endsWith('\r\n'),
    on: true,
    without: false,
  },
  {
    why: 'files are written again, so that their digests change',
    off: { reencodes: false },
    show: async () => {
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      const path = `/data/projects/DEMO/experiments/${own.label}/scans/1/resources/DICOM/files?format=json`;
      return (await json(path))[0].digest === md5(sliceOf(own));
    },
    on: false,
    without: true,
  },
  {
    why: 'a write without the right to write is answered with 200, and nothing is stored',
    off: { silentRefusal: false },
    show: async () => {
      const path = `${await sessionOf()}/resources/R/files/a`;
      const { status } = await ask({
        method: 'PUT',
        path: `${path}?inbody=true`,
        body: 'a',
        as: 'reader:reader-password',
      });
      return [status, (await ask({ path })).status];
    },
    on: [200, 404],
    without: [403, 404],
  },
  {
    why: 'files have digests by the preference of the site',
    off: { digests: false },
    show: async () => {
      const path = `${await sessionOf()}/resources/R/files`;
      await ask({ method: 'PUT', path: `${path}/a?inbody=true`, body: 'abc' });
      return (await json(`${path}?format=json`))[0].digest;
    },
    on: '900150983cd24fb0d6963f7d28e17f72',
    without: '',
  },
  {
    why: 'a session that has expired gets the login page with 200',
    off: { htmlOnExpiry: false },
    show: async () => (await ask({ path: '/data/projects', as: '', headers: { Cookie: 'JSESSIONID=gone' } })).status,
    on: 200,
    without: 401,
  },
  {
    why: 'a session moves to the subject of the path',
    off: { movesSessions: false },
    show: async () => {
      const session = await sessionOf();
      const label = session.slice(session.lastIndexOf('/') + 1);
      const path = `/data/projects/DEMO/subjects/MOVED/experiments/${label}?xsiType=xnat:ctSessionData`;
      return (await ask({ method: 'PUT', path })).status;
    },
    on: 200,
    without: 409,
  },
  {
    why: 'a body of unknown length is refused',
    off: { refusesChunked: false },
    show: async () => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('abc'));
          controller.close();
        },
      });
      const own = newStudy();
      await send(own, { query: { dest: '/archive' } });
      const path = `/data/projects/DEMO/experiments/${own.label}/resources/R/files/a?inbody=true`;
      return (await ask({ method: 'PUT', path, body })).status;
    },
    on: 500,
    without: 200,
  },
];

interface Merge {
  why: string;
  query: Record<string, string>;
  series: number;
  other: { subject?: string; seed?: string };
  status: number;
}

describe('a quirk of XNAT', () => {
  test.each(quirks)('$why, unless it is off', async ({ off, show, on, without }) => {
    expect(await show()).toEqual(on);
    xnat.faults.set(off);
    expect(await show()).toEqual(without);
  });

  test('a series filter that drops all leaves an empty answer with 200', async () => {
    xnat.faults.set({ droppedModality: 'CT' });
    expect(await send(newStudy())).toMatchObject({ status: 200, text: '' });
  });

  test.each<{ why: string; query: Record<string, string>; status: number; kept: number }>([
    { why: 'refuses an entry that is no DICOM, and keeps those before it', query: {}, status: 400, kept: 1 },
    { why: 'swallows it when told to', query: { 'Ignore-Unparsable': 'true' }, status: 200, kept: 2 },
    {
      why: 'swallows it by itself when a commit is asked for',
      query: { action: 'commit', AA: 'false' },
      status: 200,
      kept: 2,
    },
  ])('an import $why', async ({ query, status, kept }) => {
    const own = newStudy();
    const files = { 'a.dcm': sliceOf(own, 1, 1), 'notes.txt': Buffer.from('text'), 'b.dcm': sliceOf(own, 1, 2) };
    expect((await send(own, { query: { PROJECT_ID: 'MANUAL', ...query }, files })).status).toBe(status);
    const rows = await json('/data/prearchive/projects/MANUAL?format=json');
    const row = rows.find(({ name }: { name: string }) => name === own.label);
    expect(await json(`/data${row.url}/scans/1/resources/DICOM/files?format=json`)).toHaveLength(kept);
  });

  test.each<Merge>([
    { why: 'the same files', query: { overwrite: 'append' }, series: 1, other: {}, status: 400 },
    {
      why: 'the same files that may be overwritten',
      query: { overwrite: 'append', overwrite_files: 'true' },
      series: 1,
      other: {},
      status: 200,
    },
    { why: 'another series', query: { overwrite: 'append' }, series: 2, other: {}, status: 200 },
    { why: 'the same files with override', query: { overwrite: 'delete' }, series: 1, other: {}, status: 200 },
    { why: 'nothing about merging', query: {}, series: 2, other: {}, status: 400 },
    { why: 'another subject', query: { overwrite: 'delete' }, series: 2, other: { subject: 'OTHER' }, status: 400 },
    { why: 'another study', query: { overwrite: 'append' }, series: 2, other: { seed: 'another' }, status: 400 },
  ])('an import into a session that stands, saying $why, answers $status', async ({ query, series, other, status }) => {
    const own = newStudy();
    await send(own, { query: { dest: '/archive' } });
    const again = { ...own, ...other };
    const answer = await send(again, {
      query: { dest: '/archive', ...query },
      files: { 'a.dcm': sliceOf(again, series) },
    });
    expect(answer.status).toBe(status);
  });

  test.each<{ why: string; query: Record<string, string>; status: number }>([
    { why: 'a destination that is none', query: { dest: '/elsewhere' }, status: 400 },
    { why: 'a handler that is none', query: { 'import-handler': 'NONE' }, status: 404 },
  ])('an import refuses $why', async ({ query, status }) => {
    expect((await send(newStudy(), { query })).status).toBe(status);
  });
});
