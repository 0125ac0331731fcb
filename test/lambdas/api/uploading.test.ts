import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { limits } from '../../../core/policy/limits.ts';
import { advance } from '../../../core/submission/attempts/advance.ts';
import { ServiceDescription } from '../../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../../core/submission/contracts/keys.ts';
import { type Api, manifestOf, openApi, partOf, send } from '../../fakes/openApi.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const content = Buffer.from('DATA');
const manifest = manifestOf('{"path":"a"}\n');

async function created(): Promise<string> {
  const { status, body } = await api.call('createSubmission', { body: { project: 'TRIAL' } });
  expect(status).toBe(201);
  return body.id;
}

async function announced(): Promise<string> {
  const submission = await created();
  const { status } = await api.call('putManifest', { path: { submission }, body: manifest.summary });
  expect(status).toBe(200);
  return submission;
}

async function manifestSent(): Promise<string> {
  const submission = await announced();
  const { body } = await api.call('putManifest', { path: { submission }, body: manifest.summary });
  expect((await send(body.upload, manifest.bytes)).status).toBe(200);
  return submission;
}

async function partSent(submission: string, object = 'pack-000001', bytes = content) {
  const path = { submission, object };
  const { status, body } = await api.call('signParts', { path, body: { parts: [partOf(1, bytes)] } });
  expect(status).toBe(200);
  expect((await send(body.parts[0], bytes)).status).toBe(200);
  return path;
}

async function uploaded(): Promise<string> {
  const submission = await manifestSent();
  const path = await partSent(submission);
  const { status } = await api.call('completeObject', { path, body: { parts: [partOf(1, content)] } });
  expect(status).toBe(200);
  return submission;
}

const commit = (submission: string, manifestSha256 = manifest.summary.sha256) =>
  api.call('commitSubmission', { path: { submission }, body: { manifestSha256 } });

test.each([
  { onConflict: 'fail', project: 'TRIAL', status: 201 },
  { onConflict: 'append', project: 'TRIAL', status: 403 },
  { onConflict: 'new-label', project: 'TRIAL', status: 403 },
  { onConflict: 'append', project: 'SOUTHONLY', status: 201 },
  { onConflict: 'new-label', project: 'SOUTHONLY', status: 403 },
  { onConflict: 'overwrite', project: 'SOUTHONLY', status: 400 },
])('onConflict $onConflict is what the policy of $project allows: $status', async ({ status, ...body }) => {
  const answer = await api.call('createSubmission', { body, site: 'south' });
  expect(answer.status).toBe(status);
  expect(answer.body.onConflict).toBe(status === 201 ? body.onConflict : undefined);
});

describe('the way of an upload', () => {
  test('goes from a draft to a commit object, and its chain verifies', async () => {
    const submission = await uploaded();
    const { status, body } = await commit(submission);
    expect({ status, state: body.state, attempt: body.attempt }).toEqual({
      status: 200,
      state: 'submitted',
      attempt: 0,
    });
    expect(await api.ports.staging.head(stagingKeys.commit(submission))).toBeDefined();
    const { body: list } = await api.call('listEvents', { path: { submission } });
    expect(list.events.map(({ type }: { type: string }) => type)).toEqual([
      'submission.created',
      'manifest.announced',
      'submission.committed',
    ]);
    verifyChain(list.events);
  });

  test('shows a submission without its chain and its creator', async () => {
    const submission = await created();
    const { body } = await api.call('getSubmission', { path: { submission } });
    expect(body).toMatchObject({ id: submission, site: 'north', project: 'TRIAL', state: 'draft' });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['createdBy']));
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['chain']));
  });

  test('tells what S3 holds, so that a client may go on, and that an object is complete', async () => {
    const submission = await manifestSent();
    const path = await partSent(submission);
    const before = await api.call('listParts', { path });
    expect(before.body).toEqual({ parts: [partOf(1, content)], complete: false });
    await api.call('completeObject', { path, body: { parts: before.body.parts } });
    expect((await api.call('listParts', { path })).body).toEqual({ parts: [], complete: true });
  });

  test('describes the service to anybody', async () => {
    const { status, body } = await api.call('describeService');
    expect(status).toBe(200);
    expect(ServiceDescription.parse(body).issuer).toBe('https://sign-in.example.org');
  });
});

describe('repeating a call', () => {
  test('an Idempotency-Key answers with the same submission, and for another caller with another', async () => {
    const call = { body: { project: 'TRIAL', session: 'S1' }, headers: { 'idempotency-key': 'k-1' } };
    const first = await api.call('createSubmission', call);
    expect((await api.call('createSubmission', call)).body).toEqual(first.body);
    expect((await api.call('createSubmission', { ...call, site: 'south' })).body.id).not.toBe(first.body.id);
    const other = await api.call('createSubmission', { ...call, body: { project: 'TRIAL', session: 'S2' } });
    expect({ status: other.status, code: other.body.code }).toEqual({ status: 400, code: 'RequestInvalid' });
  });

  test('without the key every call creates a submission', async () => {
    expect(await created()).not.toBe(await created());
  });

  test('announcing the same manifest writes no second event, another one does while nothing is complete', async () => {
    const submission = await announced();
    await api.call('putManifest', { path: { submission }, body: manifest.summary });
    expect(await api.ledger.events(submission)).toHaveLength(2);
    const other = manifestOf('{"path":"b"}\n').summary;
    expect((await api.call('putManifest', { path: { submission }, body: other })).status).toBe(200);
    expect((await api.ledger.get(submission))?.manifest).toEqual(other);
    expect(await api.ledger.events(submission)).toHaveLength(3);
  });

  test('signing parts from two clients at once opens one upload', async () => {
    const submission = await announced();
    const path = { submission, object: 'file-000001' };
    const body = { parts: [partOf(1, content)] };
    const answers = await Promise.all([api.call('signParts', { path, body }), api.call('signParts', { path, body })]);
    const uploadIds = answers.map((answer) => new URL(answer.body.parts[0].url).searchParams.get('uploadId'));
    expect(uploadIds[0]).toBe(uploadIds[1]);
  });

  test('completing an object answers the same, also when the first answer was lost before the ledger knew', async () => {
    const submission = await manifestSent();
    const path = await partSent(submission);
    const body = { parts: [partOf(1, content)] };
    const { uploadId = '' } = (await api.ledger.getObject(submission, path.object)) ?? {};
    await api.ports.uploads.completeUpload({ key: stagingKeys.object(submission, path.object), uploadId }, body.parts);
    // what a client that resumes is told: it has nothing to send and completes
    expect((await api.call('listParts', { path })).body).toMatchObject({ code: 'ObjectMissing', retryable: false });
    const first = await api.call('completeObject', { path, body });
    expect(first).toMatchObject({ status: 200, body: { object: 'pack-000001', sizeBytes: 4 } });
    expect((await api.call('completeObject', { path, body })).body).toEqual(first.body);
  });

  test('committing answers the same, and writes the commit object that a crash left out', async () => {
    const submission = await uploaded();
    const first = await commit(submission);
    await api.ports.staging.removeAll(stagingKeys.commit(submission));
    expect((await commit(submission)).body).toEqual(first.body);
    expect(await api.ports.staging.head(stagingKeys.commit(submission))).toBeDefined();
    expect(await api.ledger.events(submission)).toHaveLength(3);
  });
});

describe('what S3 itself refuses of a signed upload', () => {
  test.each([
    { why: 'other bytes of the same size', bytes: Buffer.from('data') },
    { why: 'more bytes', bytes: Buffer.from('DATA!') },
  ])('$why', async ({ bytes }) => {
    const submission = await announced();
    const path = { submission, object: 'pack-000001' };
    const { body } = await api.call('signParts', { path, body: { parts: [partOf(1, content)] } });
    expect((await send(body.parts[0], bytes)).ok).toBe(false);
  });
});

describe('refuses', () => {
  test.each([
    { project: 'NOWHERE', why: 'is not deployed' },
    { project: 'SOUTHONLY', why: 'belongs to another site' },
  ])('a project that $why', async ({ project }) => {
    const { status, body } = await api.call('createSubmission', { body: { project } });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'ProjectNotFound' });
  });

  test.each([
    { why: 'parts before a manifest', code: 'StateConflict', status: 409, at: created, call: signOne },
    { why: 'a part that is too large', code: 'LimitExceeded', status: 413, at: announced, call: signLarge },
    { why: 'an object numbered too high', code: 'LimitExceeded', status: 413, at: announced, call: signFar },
    { why: 'more parts of a complete object', code: 'StateConflict', status: 409, at: uploaded, call: signOne },
    { why: 'to list parts that were never signed', code: 'ObjectNotFound', status: 404, at: announced, call: list },
    { why: 'to complete what was never signed', code: 'ObjectNotFound', status: 404, at: announced, call: complete },
    { why: 'to complete without a part', code: 'PartMissing', status: 409, at: signed, call: complete },
    { why: 'to complete with other digests', code: 'PartDigestMismatch', status: 409, at: sent, call: completeOther },
    { why: 'to complete with a gap', code: 'RequestInvalid', status: 400, at: sent, call: completeGap },
    { why: 'to complete otherwise than before', code: 'StateConflict', status: 409, at: uploaded, call: completeTwo },
    { why: 'to announce other than what arrived', code: 'StateConflict', status: 409, at: uploaded, call: announce },
    { why: 'a manifest after the commit', code: 'StateConflict', status: 409, at: committed, call: announce },
    { why: 'parts after the commit', code: 'StateConflict', status: 409, at: committed, call: signNew },
    { why: 'to commit a draft', code: 'ManifestMissing', status: 409, at: created, call: commit },
    { why: 'to commit without the manifest itself', code: 'ManifestMissing', status: 409, at: announced, call: commit },
    { why: 'to commit with nothing uploaded', code: 'ObjectMissing', status: 409, at: manifestSent, call: commit },
    { why: 'to commit with an object open', code: 'ObjectMissing', status: 409, at: sent, call: commit },
    { why: 'to commit another manifest', code: 'ManifestMismatch', status: 409, at: uploaded, call: commitOther },
    { why: 'to commit over a manifest that changed', code: 'ManifestMismatch', status: 409, at: changed, call: commit },
    { why: 'a receipt before the archive has it', code: 'ReceiptNotReady', status: 404, at: committed, call: receipt },
    { why: 'a receipt of what has ended without one', code: 'StateConflict', status: 409, at: expired, call: receipt },
  ])('$why', async ({ code, status, at, call }) => {
    const answer = await call(await at());
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test('leaves nothing behind of a refused commit', async () => {
    const submission = await sent();
    await commit(submission);
    expect((await api.ledger.get(submission))?.state).toBe('uploading');
    expect(await api.ports.staging.head(stagingKeys.commit(submission))).toBeUndefined();
  });
});

const object = 'pack-000001';
const two = Buffer.from('TWO!');
const sign = (submission: string, parts: object[], of = object) =>
  api.call('signParts', { path: { submission, object: of }, body: { parts } });

function signOne(submission: string) {
  return sign(submission, [partOf(1, content)]);
}
function signNew(submission: string) {
  return sign(submission, [partOf(1, content)], 'pack-000002');
}
function signLarge(submission: string) {
  return sign(submission, [{ ...partOf(1, content), sizeBytes: limits.partMaxBytes + 1 }]);
}
function signFar(submission: string) {
  return sign(submission, [partOf(1, content)], 'pack-999999');
}
function list(submission: string) {
  return api.call('listParts', { path: { submission, object } });
}
function completeWith(submission: string, parts: object[]) {
  return api.call('completeObject', { path: { submission, object }, body: { parts } });
}
function complete(submission: string) {
  return completeWith(submission, [partOf(1, content)]);
}
function completeOther(submission: string) {
  return completeWith(submission, [partOf(1, two)]);
}
function completeGap(submission: string) {
  return completeWith(submission, [partOf(2, content)]);
}
function completeTwo(submission: string) {
  return completeWith(submission, [partOf(1, content), partOf(2, two)]);
}
function announce(submission: string) {
  return api.call('putManifest', { path: { submission }, body: manifestOf('{"path":"other"}\n').summary });
}
function commitOther(submission: string) {
  return commit(submission, 'cd'.repeat(32));
}
function receipt(submission: string) {
  return api.call('getReceipt', { path: { submission } });
}
async function signed() {
  const submission = await manifestSent();
  await signOne(submission);
  return submission;
}
async function sent() {
  const submission = await manifestSent();
  await partSent(submission);
  return submission;
}
async function committed() {
  const submission = await uploaded();
  expect((await commit(submission)).status).toBe(200);
  return submission;
}
async function expired() {
  const submission = await created();
  await advance(api.ports, { submission, attempt: 0 }, { type: 'submission.expired', to: 'expired' });
  return submission;
}
/** The manifest's object was overwritten by one who holds storage rights. */
async function changed() {
  const submission = await uploaded();
  await api.ports.staging.write(stagingKeys.manifest(submission), Buffer.from('{"path":"X"}\n'));
  return submission;
}
