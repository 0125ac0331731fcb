import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTable, type Role } from '../../../core/policy/accessTable.ts';
import { limits } from '../../../core/policy/limits.ts';
import type { RouteName } from '../../../core/submission/contracts/api.ts';
import { type Api, apiRoutes, type Call, manifestOf, openApi, partOf } from '../../fakes/openApi.ts';

let api: Api;
let submission: string;
beforeAll(async () => {
  api = await openApi();
  submission = (await api.call('createSubmission', { body: { project: 'TRIAL' } })).body.id;
});
afterAll(() => api.close());

const isGuarded = (name: string): name is keyof typeof accessTable => Object.hasOwn(accessTable, name);
const guarded = Object.keys(apiRoutes).filter(isGuarded);
const ofOneSubmission = guarded.filter((name) => name !== 'createSubmission' && name !== 'listSubmissions');

/** A request that every route takes as well-formed. */
const bodies: Partial<Record<RouteName, unknown>> = {
  createSubmission: { project: 'TRIAL' },
  putManifest: manifestOf('x').summary,
  signParts: { parts: [partOf(1, Buffer.from('x'))] },
  completeObject: { parts: [partOf(1, Buffer.from('x'))] },
  commitSubmission: { manifestSha256: manifestOf('x').summary.sha256 },
  resumeSubmission: {},
  relabelSubmission: { session: 'NEW' },
};
const request = (name: RouteName) => ({
  path: { submission, object: 'pack-000001' },
  ...(bodies[name] !== undefined && { body: bodies[name] }),
});

describe('who may do what', () => {
  const roles: Role[] = ['uploader', 'operator', 'auditor'];
  test.each(
    guarded.flatMap((route) =>
      roles.map((role) => ({ route, role, opens: accessTable[route].some((each) => each === role) })),
    ),
  )('$route opens to $role: $opens', async ({ route, role, opens }) => {
    const { status, body } = await api.call(route, { ...request(route), roles: [role] });
    expect(body.code === 'Forbidden').toBe(!opens);
    expect(status === 403).toBe(!opens);
    expect(status).not.toBe(500);
  });

  test.each(guarded.map((route) => ({ route })))('$route is closed to a token without a role', async ({ route }) => {
    expect((await api.call(route, { ...request(route), roles: [] })).status).toBe(403);
  });
});

describe('a site sees nothing of another', () => {
  test.each(ofOneSubmission.map((route) => ({ route })))(
    '$route answers as if there were nothing',
    async ({ route }) => {
      const roles: Role[] = ['uploader', 'operator', 'auditor'];
      const foreign = await api.call(route, { ...request(route), roles, site: 'south' });
      const path = { submission: `sub_${'7'.repeat(26)}`, object: 'pack-000001' };
      const absent = await api.call(route, { ...request(route), roles, path });
      expect({ status: foreign.status, code: foreign.body.code }).toEqual({ status: 404, code: 'SubmissionNotFound' });
      expect(foreign.body).toEqual(absent.body);
    },
  );

  test('listSubmissions lists its own alone, in pages, newest first', async () => {
    for (let count = 0; count <= limits.listPageSize; count += 1) {
      await api.call('createSubmission', { body: { project: 'TRIAL' }, site: 'south' });
    }
    const first = (await api.call('listSubmissions', { site: 'south' })).body;
    const second = (await api.call('listSubmissions', { site: 'south', query: { cursor: first.cursor } })).body;
    expect([first.items.length, second.items.length, second.cursor]).toEqual([limits.listPageSize, 1, undefined]);
    for (const item of [...first.items, ...second.items]) expect(item.site).toBe('south');
    const foreign = (await api.call('listSubmissions', { site: 'north', query: { cursor: first.cursor } })).body;
    for (const item of foreign.items) expect(item.site).toBe('north');
  });
});

const misfits: { why: string; route: RouteName; change: Call; pointer: string | undefined }[] = [
  { why: 'its body is no JSON', route: 'createSubmission', change: { body: '{"project":' }, pointer: undefined },
  { why: 'it has no body', route: 'createSubmission', change: { body: undefined }, pointer: '/body' },
  { why: 'a field is missing', route: 'createSubmission', change: { body: {} }, pointer: '/body/project' },
  {
    why: 'a field is unknown',
    route: 'createSubmission',
    change: { body: { project: 'TRIAL', 'DOE^JOHN': 1 } },
    pointer: '/body',
  },
  {
    why: 'a label is malformed',
    route: 'createSubmission',
    change: { body: { project: 'DOE JOHN' } },
    pointer: '/body/project',
  },
  {
    why: 'a key is too long',
    route: 'createSubmission',
    change: { headers: { 'idempotency-key': 'DOE'.repeat(50) } },
    pointer: '/idempotencyKey',
  },
  {
    why: 'the submission id is malformed',
    route: 'getSubmission',
    change: { path: { submission: 'DOE' } },
    pointer: '/path/submission',
  },
  {
    why: 'the object id is malformed',
    route: 'listParts',
    change: { path: { submission: `sub_${'7'.repeat(26)}`, object: '../DOE' } },
    pointer: '/path/object',
  },
  {
    why: 'a digest is malformed',
    route: 'signParts',
    change: { body: { parts: [{ number: 1, sizeBytes: 1, sha256: 'DOE' }] } },
    pointer: '/body/parts/0/sha256',
  },
  { why: 'a list is empty', route: 'signParts', change: { body: { parts: [] } }, pointer: '/body/parts' },
  {
    why: 'a list is too long',
    route: 'signParts',
    change: { body: { parts: Array(101).fill(partOf(1, Buffer.from('x'))) } },
    pointer: '/body/parts',
  },
  {
    why: 'a part number is too high',
    route: 'signParts',
    change: { body: { parts: [{ ...partOf(1, Buffer.from('x')), number: 10_001 }] } },
    pointer: '/body/parts/0/number',
  },
  {
    why: 'a manifest is too large',
    route: 'putManifest',
    change: { body: { ...manifestOf('x').summary, sizeBytes: limits.manifestBytes + 1 } },
    pointer: '/body/sizeBytes',
  },
  {
    why: 'a cursor is too long',
    route: 'listSubmissions',
    change: { query: { cursor: 'DOE'.repeat(100) } },
    pointer: '/query/cursor',
  },
];

describe('a request that does not fit', () => {
  test.each(misfits)(
    'is refused by $route when $why, and nothing of it is repeated',
    async ({ route, change, pointer }) => {
      const { status, body } = await api.call(route, { ...request(route), ...change });
      expect({ status, code: body.code, title: typeof body.title, retryable: body.retryable }).toEqual({
        status: 400,
        code: 'RequestInvalid',
        title: 'string',
        retryable: false,
      });
      expect(body.issues?.[0]?.pointer).toBe(pointer);
      expect(JSON.stringify(body)).not.toContain('DOE');
    },
  );

  test('is refused when its body is too long', async () => {
    const body = JSON.stringify({ project: 'X'.repeat(limits.requestBodyBytes) });
    const answer = await api.call('createSubmission', { body });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 413, code: 'LimitExceeded' });
  });
});
