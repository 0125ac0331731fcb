import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../core/policy/limits.ts';
import { type RouteName, routes } from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { s3UploadStore } from '../../lambdas/adapters/s3UploadStore.ts';
import { manifestOf, partOf, send } from '../fakes/openApi.ts';
import { type Machine, startMachine } from './machine.ts';

let machine: Machine;
let token: string;
beforeAll(async () => {
  machine = await startMachine();
  token = await machine.site.token();
}, 180_000);
afterAll(() => machine.stop());

interface Call {
  path?: Record<string, string>;
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  bearer?: string | undefined;
}

/** One request, and how it was answered: status, and the code of the problem. */
async function call(route: RouteName, { path = {}, body, text = JSON.stringify(body), ...rest }: Call = {}) {
  const bearer = 'bearer' in rest ? rest.bearer : token;
  const [method = '', template = ''] = routes[route].split(' ');
  const address = new URL(
    template.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? ''),
    machine.airlock.urls.api,
  );
  const response = await fetch(address, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(text !== undefined && { body: text }),
  });
  const answer = JSON.parse(await response.text());
  return { status: response.status, code: answer.code, answer };
}

/** A token that the machine's own issuer signed, for a client or a site of other rights. */
async function tokenWith(claims: Record<string, unknown>): Promise<string> {
  const { keys } = JSON.parse(readFileSync(join(machine.dataDir, 'keys/jwks.json'), 'utf8'));
  const { clientId } = machine.airlock.client;
  return new SignJWT({ client_id: clientId, sub: clientId, exp: Date.now() / 1000 + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: keys[0].kid })
    .setIssuer(machine.airlock.urls.issuer)
    .setIssuedAt()
    .sign(await importJWK(keys[0], 'RS256'));
}

const manifest = manifestOf('{"path":"a"}\n');
const content = Buffer.from('DATA');
const changed = Buffer.from('EVIL');
const object = 'pack-000001';

async function announced(): Promise<string> {
  const { id } = await machine.site.api.createSubmission({ project: 'DEMO' });
  await machine.site.api.putManifest(id, manifest.summary);
  return id;
}

async function signed(submission: string, bytes = content) {
  const { parts } = await machine.site.api.signParts(submission, object, { parts: [partOf(1, bytes)] });
  const [part] = parts;
  if (part === undefined) throw new Error('Nothing was signed');
  return part;
}

describe('storage takes a part exactly as it was announced', () => {
  const withoutDigest = ({ url }: { url: string }) => ({ url, headers: {} });
  const digest = (bytes: Uint8Array) => ({ 'x-amz-checksum-sha256': partOf(1, bytes).sha256 });
  const altered = (url: string, change: (query: URLSearchParams) => void) => {
    const address = new URL(url);
    change(address.searchParams);
    return address.href;
  };
  test.each([
    {
      why: 'bytes were altered on their way',
      alter: (part: Signed) => ({ part, bytes: changed }),
      answer: { status: 400, code: 'BadDigest' },
    },
    {
      why: 'bytes and digest were altered',
      alter: (part: Signed) => ({ part: { ...part, headers: digest(changed) }, bytes: changed }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
    {
      why: 'the digest is missing',
      alter: (part: Signed) => ({ part: withoutDigest(part), bytes: content }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
    {
      why: 'it is longer than announced',
      alter: (part: Signed) => ({ part, bytes: Buffer.from('DATA and more') }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
    {
      why: 'the address names another part',
      alter: (part: Signed) => ({
        part: { ...part, url: altered(part.url, (query) => query.set('partNumber', '2')) },
        bytes: content,
      }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
    {
      why: 'the address names another object',
      alter: (part: Signed) => ({ part: { ...part, url: part.url.replace(object, 'pack-000002') }, bytes: content }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
    {
      why: 'the address was given a longer life',
      alter: (part: Signed) => ({
        part: { ...part, url: altered(part.url, (query) => query.set('X-Amz-Expires', '604800')) },
        bytes: content,
      }),
      answer: { status: 403, code: 'SignatureDoesNotMatch' },
    },
  ])('$answer.code when $why, and the true part still goes in', async ({ alter, answer }) => {
    const submission = await announced();
    const part = await signed(submission);
    const { part: sent, bytes } = alter(part);
    const refused = await send(sent, bytes);
    const [, code] = /<Code>(\w+)<\/Code>/.exec(await refused.text()) ?? [];
    expect({ status: refused.status, code }).toEqual(answer);
    expect((await machine.site.api.listParts(submission, object)).parts).toEqual([]);
    expect((await send(part, content)).status).toBe(200);
    expect((await machine.site.api.listParts(submission, object)).parts).toEqual([partOf(1, content)]);
  });

  test('an address that expired is refused, a fresh one is taken', async () => {
    const submission = await announced();
    const { url } = await signed(submission);
    const uploadId = new URL(url).searchParams.get('uploadId') ?? '';
    const past = s3UploadStore({
      ...{ client: machine.s3, bucket: machine.bucket('STAGING'), urlSeconds: 1 },
      now: () => new Date(Date.now() - 60_000),
    });
    const upload = { key: stagingKeys.object(submission, object), uploadId };
    const refused = await send(await past.signPart(upload, partOf(1, content)), content);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('expired')]);
    expect((await send(await signed(submission), content)).status).toBe(200);
  });

  test('completing an object with another digest than is stored is refused', async () => {
    const submission = await announced();
    await send(await signed(submission), content);
    const complete = (parts: object[]) => call('completeObject', { path: { submission, object }, body: { parts } });
    expect(await complete([partOf(1, changed)])).toMatchObject({ status: 409, code: 'PartDigestMismatch' });
    expect(await complete([partOf(1, content), partOf(2, content)])).toMatchObject({ code: 'PartMissing' });
    expect(await complete([partOf(1, content)])).toMatchObject({ status: 200 });
  });
});

type Signed = Awaited<ReturnType<typeof signed>>;

describe('only a caller of the site is heard', () => {
  test.each([
    { why: 'there is no token', claims: undefined, status: 401, code: undefined },
    { why: 'the token is no token', claims: 'abc', status: 401, code: undefined },
    { why: 'the token has expired', claims: { exp: 1 }, status: 401, code: undefined },
    { why: 'another client was meant', claims: { client_id: 'other', sub: 'other' }, status: 401, code: undefined },
    { why: 'the token names no site', claims: { scope: 'airlock/uploader' }, status: 403, code: 'Forbidden' },
    { why: 'the token has no role', claims: { scope: 'airlock/site-demo' }, status: 403, code: 'Forbidden' },
    {
      why: 'the token is of another site',
      claims: { scope: 'airlock/uploader airlock/site-elsewhere' },
      ...{ status: 404, code: 'SubmissionNotFound' },
    },
  ])('$status when $why', async ({ claims, status, code }) => {
    const submission = await announced();
    const bearer = typeof claims === 'object' ? await tokenWith(claims) : claims;
    for (const route of ['getSubmission', 'listEvents', 'getReceipt'] as const) {
      expect(await call(route, { path: { submission }, bearer })).toMatchObject({ status, ...(code && { code }) });
    }
    const body = { parts: [partOf(1, content)] };
    expect(await call('signParts', { path: { submission, object }, body, bearer })).toMatchObject({ status });
  });

  test('the same key signs a token that is heard', async () => {
    const bearer = await tokenWith({ scope: 'airlock/uploader airlock/site-demo' });
    expect(await call('getSubmission', { path: { submission: await announced() }, bearer })).toMatchObject({
      status: 200,
    });
  });
});

describe('a body that does not fit is refused without a word of it', () => {
  test.each([
    { why: 'it is no JSON', text: '{"project":"Doe^Jane', status: 400, code: 'RequestInvalid' },
    { why: 'it has no project', text: '{"patient":"Doe^Jane"}', status: 400, code: 'RequestInvalid' },
    { why: 'the label is none', text: '{"project":"Doe^Jane"}', status: 400, code: 'RequestInvalid' },
    { why: 'the project is unknown', text: '{"project":"DoeJane"}', status: 404, code: 'ProjectNotFound' },
    {
      why: 'it is too long for the API',
      text: JSON.stringify({ project: 'Doe^Jane'.repeat(limits.requestBodyBytes / 8 + 1) }),
      ...{ status: 413, code: 'LimitExceeded' },
    },
    {
      why: 'it is too long for the gateway',
      text: ' '.repeat(10 * 1024 * 1024 + 1),
      ...{ status: 413, code: undefined },
    },
  ])('$status $code when $why', async ({ text, status, code }) => {
    const refused = await call('createSubmission', { text });
    expect(refused).toMatchObject({ status, ...(code && { code }) });
    expect(JSON.stringify(refused.answer)).not.toMatch(/doe.?jane/i);
  });
});

describe('a commit says what is there', () => {
  const commit = (submission: string, manifestSha256 = manifest.summary.sha256) =>
    call('commitSubmission', { path: { submission }, body: { manifestSha256 } });

  test('it is refused before the manifest, before the objects, and for another manifest', async () => {
    const { api } = machine.site;
    const { id } = await api.createSubmission({ project: 'DEMO' });
    expect(await commit(id)).toMatchObject({ status: 409, code: 'ManifestMissing' });
    const { upload } = await api.putManifest(id, manifest.summary);
    expect(await commit(id, 'f'.repeat(64))).toMatchObject({ status: 409, code: 'ManifestMismatch' });
    expect(await commit(id)).toMatchObject({ status: 409, code: 'ManifestMissing' });
    expect((await send(upload, manifest.bytes)).status).toBe(200);
    expect(await commit(id)).toMatchObject({ status: 409, code: 'ObjectMissing' });
    await send(await signed(id), content);
    expect(await commit(id)).toMatchObject({ status: 409, code: 'ObjectMissing' });
    expect(await api.getSubmission(id)).toMatchObject({ state: 'uploading' });
    expect((await api.listEvents(id)).events.map(({ type }) => type)).toEqual([
      'submission.created',
      'manifest.announced',
    ]);
  });
});
