import { afterEach, describe, expect, test, vi } from 'vitest';
import { limits } from '../../../core/policy/limits.ts';
import { type UploadEvent, uploadSubmission } from '../../../core/upload/uploadSubmission.ts';
import { startAirlockServer as start, type startAirlockServer } from '../../fakes/airlockServer.ts';
import { sha256 } from '../pack/streams.ts';
import { filled, localFiles, uploadPorts } from './uploads.ts';

type Server = Awaited<ReturnType<typeof startAirlockServer>>;
const project = { project: 'DEMO' };
let server: Server;
const begin = async (...options: Parameters<typeof start>) => {
  server = await start(...options);
  return server;
};
afterEach(() => server.close());

const two = { 'study/ä 1.dcm': filled(70_000), 'study/2.dcm': filled(3, 2), empty: new Uint8Array(0) };
/** Five parts in one pack, and a loose object of nine. */
const large = {
  a: filled(20_000_000, 3),
  b: filled(19_000_000, 4),
  loose: new Uint8Array(limits.packFileMaxBytes + 100).fill(5),
};

describe('uploadSubmission', () => {
  test('brings any files to the server as they are, announced before the first byte', async () => {
    await begin();
    const { plan, bytes } = localFiles(two);
    const { ports } = uploadPorts(server.url, bytes);
    const events: UploadEvent[] = [];
    const view = await uploadSubmission(ports, { plan, target: project }, (event) => events.push(event));
    expect(view.state).toBe('submitted');
    const paths = server.manifestOf(view.id).map(({ path }) => path);
    expect(server.arrived(view.id)).toEqual(paths.map((path) => bytes.get(path)));
    expect(events.map(({ type }) => type)).toEqual(['opened', 'announced', 'part', 'object', 'committed']);
    expect(JSON.stringify(events)).not.toContain('study');
    expect(server.seen.join()).not.toContain('study');
    expect(server.seen.indexOf(`PUT /storage/${view.id}/manifest`)).toBeLessThan(
      server.seen.indexOf(`PUT /storage/${view.id}/pack-000001/1`),
    );
  });

  test('sends objects of many parts side by side, within bounds', async () => {
    await begin();
    const { plan, bytes } = localFiles(large);
    const { ports } = uploadPorts(server.url, bytes);
    const view = await uploadSubmission({ ...ports, partsInFlight: 3 }, { plan, target: project });
    expect(server.arrived(view.id).map(sha256)).toEqual([large.a, large.b, large.loose].map(sha256));
    expect(server.load.mostInFlight).toBeLessThanOrEqual(4);
    expect(server.load.mostInFlight).toBeGreaterThan(1);
  });

  test('resumes: what storage holds is not sent again', async () => {
    const { plan, bytes } = localFiles(large);
    const allBytes = plan.objects.reduce((sum, { layout }) => sum + layout.sizeBytes, plan.manifest.bytes.length);
    await begin({
      fault: async ({ path, count }) => {
        if (!path.endsWith('/file-000001/2') || count > 1) return undefined;
        // refused last, as a refusal ends the parts that are still on their way
        await vi.waitUntil(() => server.stored.bytes === allBytes - limits.partDefaultBytes, { timeout: 30_000 });
        return { status: 404 };
      },
    });
    const first = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(first.ports, { plan, target: project })).rejects.toMatchObject({
      code: 'StorageRefused',
    });
    const [id = ''] = server.cases.keys();
    const before = server.stored.bytes;
    await uploadSubmission(uploadPorts(server.url, bytes).ports, { plan, target: { resume: id } });
    expect(server.arrived(id).map(sha256)).toEqual([large.a, large.b, large.loose].map(sha256));
    expect(server.stored.bytes - before).toBe(limits.partDefaultBytes + plan.manifest.bytes.length);
    const sent = server.seen.filter((key) => /^PUT .*\/\d+$/.test(key));
    expect(sent).toHaveLength(15);
    expect(new Set(sent).size).toBe(14);
  });

  test('resumes an object that storage completed before the ledger knew', async () => {
    const gone = { title: 'gone', status: 409, code: 'ObjectMissing', detail: 'gone', type: 'gone', retryable: false };
    let isMade = false;
    await begin({
      fault: ({ method, path, count }) => {
        if (path.endsWith('/complete') && count === 1) return { status: 400 };
        if (!isMade) return undefined;
        if (method === 'GET' && path.endsWith('/parts')) return { status: 409, body: JSON.stringify(gone) };
        return path.endsWith('/pack-000001/1') ? { status: 404 } : undefined;
      },
    });
    const { plan, bytes } = localFiles(two);
    await expect(uploadSubmission(uploadPorts(server.url, bytes).ports, { plan, target: project })).rejects.toThrow();
    isMade = true;
    const [id = ''] = server.cases.keys();
    const { ports } = uploadPorts(server.url, bytes);
    expect((await uploadSubmission(ports, { plan, target: { resume: id } })).state).toBe('submitted');
    expect(server.arrived(id)).toHaveLength(3);
  });

  test('resuming what was committed changes nothing', async () => {
    await begin();
    const { plan, bytes } = localFiles(two);
    const { ports } = uploadPorts(server.url, bytes);
    const { id } = await uploadSubmission(ports, { plan, target: project });
    const before = server.stored.bytes;
    expect((await uploadSubmission(ports, { plan, target: { resume: id } })).state).toBe('archived');
    expect(server.stored.bytes).toBe(before);
  });

  test.each([
    { why: 'a connection breaks', fault: 'drop' as const, code: 'ServiceUnreachable' },
    { why: 'storage is busy', fault: { status: 503 }, code: 'StorageUnavailable' },
    {
      why: 'an address expired',
      fault: { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
      code: 'StorageRefused',
    },
    {
      why: 'bytes were harmed on the way',
      fault: { status: 400, body: '<Error><Code>BadDigest</Code></Error>' },
      code: 'StorageRefused',
    },
  ])('sends a part again, signed anew, when $why', async ({ fault, code }) => {
    await begin({ fault: ({ path, count }) => (path.endsWith('/pack-000001/1') && count === 1 ? fault : undefined) });
    const { plan, bytes } = localFiles(two);
    const { ports, retries, waits } = uploadPorts(server.url, bytes);
    const { id } = await uploadSubmission(ports, { plan, target: project });
    expect(retries).toEqual([code]);
    expect(waits).toEqual([250]);
    expect(server.seen.filter((key) => key === `POST /v1/submissions/${id}/objects/pack-000001/parts`)).toHaveLength(2);
    expect(server.arrived(id)).toHaveLength(3);
  });

  test.each(['commit', 'manifest', 'complete'])(
    'repeats %s when the API is throttled, after the time it asks for',
    async (name) => {
      await begin({
        fault: ({ path, count }) =>
          path.startsWith('/v1') && path.endsWith(`/${name}`) && count === 1
            ? { status: 429, headers: { 'retry-after': '7' } }
            : undefined,
      });
      const { plan, bytes } = localFiles(two);
      const { ports, waits } = uploadPorts(server.url, bytes);
      expect((await uploadSubmission(ports, { plan, target: project })).state).toBe('submitted');
      expect(waits).toEqual([7000]);
    },
  );

  test('gives up after its number of attempts, with waits that grow to their bound', async () => {
    await begin({ fault: ({ path }) => (path.startsWith('/storage/') ? { status: 500 } : undefined) });
    const { plan, bytes } = localFiles(two);
    const { ports, waits } = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(ports, { plan, target: project })).rejects.toMatchObject({
      code: 'StorageUnavailable',
      retryable: true,
    });
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000]);
    expect(waits).toHaveLength(limits.clientAttempts - 1);
  });

  test.each(['/v1/submissions', '/commit', '/complete', '/manifest', '/pack-000001/1'])(
    'loses and doubles nothing when the answer to %s is lost',
    async (end) => {
      await begin({ fault: ({ path, count }) => (path.endsWith(end) && count === 1 ? 'lose' : undefined) });
      const { plan, bytes } = localFiles(two);
      const { ports, retries } = uploadPorts(server.url, bytes);
      const { id } = await uploadSubmission(ports, { plan, target: project, idempotencyKey: 'once' });
      expect(retries).not.toEqual([]);
      expect([...server.cases.keys()]).toEqual([id]);
      expect(server.arrived(id)).toHaveLength(3);
    },
  );

  test('renews a token that is refused', async () => {
    await begin({ tokens: ['fresh'] });
    const { plan, bytes } = localFiles(two);
    const { ports, tokens } = uploadPorts(server.url, bytes);
    tokens.push('fresh');
    expect((await uploadSubmission(ports, { plan, target: project })).state).toBe('submitted');
  });

  test.each([
    { why: 'shrank', change: (bytes: Uint8Array) => bytes.slice(0, -1) },
    { why: 'grew', change: (bytes: Uint8Array) => new Uint8Array([...bytes, 0]) },
    {
      why: 'has another content',
      change: (bytes: Uint8Array) => bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte)),
    },
  ])('stops before it completes when a file $why after it was planned', async ({ change }) => {
    await begin();
    const { plan, bytes } = localFiles(two);
    bytes.set('study/ä 1.dcm', change(two['study/ä 1.dcm']));
    const { ports } = uploadPorts(server.url, bytes);
    const sending = uploadSubmission(ports, { plan, target: project });
    await expect(sending).rejects.toMatchObject({
      name: 'ManifestMismatch',
      message: expect.stringMatching(/^Cannot send file \d: it changed after it was announced$/),
    });
    expect(server.seen.some((key) => key.endsWith('/complete') || key.endsWith('/commit'))).toBe(false);
  });

  test('refuses to resume with other files than were announced', async () => {
    await begin({ fault: ({ path }) => (path.endsWith('/commit') ? { status: 400 } : undefined) });
    const { plan, bytes } = localFiles(two);
    const { ports } = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(ports, { plan, target: project })).rejects.toMatchObject({ status: 400 });
    const [id = ''] = server.cases.keys();
    const other = localFiles({ ...two, more: filled(4) });
    await expect(uploadSubmission(ports, { plan: other.plan, target: { resume: id } })).rejects.toMatchObject({
      name: 'ManifestMismatch',
    });
  });

  test.each([
    { code: 'ProjectNotFound', status: 404, project: 'OTHER' },
    { code: 'Forbidden', status: 403, project: 'FORBIDDEN' },
  ])('passes the problem $code on at once', async ({ code, status, project: name }) => {
    await begin();
    const { plan, bytes } = localFiles(two);
    const { ports, waits } = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(ports, { plan, target: { project: name } })).rejects.toMatchObject({
      code,
      status,
      retryable: false,
    });
    expect(waits).toEqual([]);
  });

  test.each([
    { status: 401, code: 'Unauthenticated' },
    { status: 403, code: 'Forbidden' },
    { status: 413, code: 'AnswerInvalid' },
  ])('understands a gateway that answers $status without a problem document', async ({ status, code }) => {
    await begin({ fault: () => ({ status, body: '{"message":"no"}' }) });
    const { plan, bytes } = localFiles(two);
    const { ports } = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(ports, { plan, target: project })).rejects.toMatchObject({ code, status });
  });

  test('refuses an answer that does not fit the contract', async () => {
    await begin({ fault: () => ({ status: 200, body: '<html>portal of a hotel</html>' }) });
    const { plan, bytes } = localFiles(two);
    const { ports } = uploadPorts(server.url, bytes);
    await expect(uploadSubmission(ports, { plan, target: project })).rejects.toMatchObject({ code: 'AnswerInvalid' });
  });

  test('ends at once when it is interrupted, and nothing is completed after', async () => {
    await begin();
    const interrupted = new AbortController();
    const { plan, bytes } = localFiles(large);
    const { ports } = uploadPorts(server.url, bytes, interrupted.signal);
    const sending = uploadSubmission(ports, { plan, target: project }, ({ type }) => {
      if (type === 'part') interrupted.abort(new Error('interrupted'));
    });
    await expect(sending).rejects.toThrow('interrupted');
    expect(server.seen.some((key) => key.endsWith('/commit'))).toBe(false);
  });
});
