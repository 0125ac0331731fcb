import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Bytes } from '../../../core/submission/ports.ts';
import { xnatAddress } from '../../../lambdas/adapters/xnatAddress.ts';
import { xnatConnection } from '../../../lambdas/adapters/xnatConnection.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers as a test says, and a connection to it. */
async function connect(answer: RequestListener) {
  const server = createServer(answer);
  let accepted = 0;
  server.on('connection', () => {
    accepted += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const connection = xnatConnection(xnatAddress(`http://127.0.0.1:${port}`));
  closing.push(connection.close, () => {
    server.closeAllConnections();
    server.close();
  });
  return { ...connection, accepted: () => accepted, closeAll: () => server.closeAllConnections() };
}

const question = (body?: Bytes) => ({
  ...{ method: body === undefined ? ('GET' as const) : ('POST' as const), path: '/data/x', headers: {}, body },
  signal: AbortSignal.timeout(10_000),
});

const chunk = Buffer.alloc(64 * 1024);

/** More than any buffer between two processes holds, and how much of it was taken. */
function endless(chunks = 4000) {
  let taken = 0;
  const body = async function* (): Bytes {
    for (; taken < chunks; taken += 1) yield chunk;
  };
  return { body: body(), taken: () => taken };
}

test('asks many questions by one socket, and opens another after it was closed', async () => {
  const xnat = await connect((_request, response) => response.end('answer'));
  for (let index = 0; index < 20; index += 1) await (await xnat.send(question())).content();
  expect(xnat.accepted()).toBe(1);
  xnat.close();
  await (await xnat.send(question())).content();
  expect(xnat.accepted()).toBe(2);
});

test('asks once more when the other side has closed a kept socket', async () => {
  const xnat = await connect((_request, response) => response.end('answer'));
  await (await xnat.send(question())).content();
  xnat.closeAll();
  expect(String(await (await xnat.send(question())).content())).toBe('answer');
});

test('takes no more from a source than the other side reads', async () => {
  const xnat = await connect(() => undefined);
  const { body, taken } = endless();
  const sent = xnat.send({ ...question(body), signal: AbortSignal.timeout(700) });
  await expect(sent).rejects.toThrow();
  // what lies in the buffers of both systems, far from 250 MB
  expect(taken()).toBeLessThan(400);
});

test('stops sending when the answer comes early', async () => {
  const xnat = await connect((request, response) => {
    request.once('data', () => {
      request.pause();
      response.writeHead(503).end('no room');
    });
  });
  const { body, taken } = endless();
  const answer = await xnat.send(question(body));
  expect([answer.status, String(await answer.content())]).toEqual([503, 'no room']);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const soon = taken();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(taken()).toBe(soon);
  expect(soon).toBeLessThan(4000);
});

test('sends chunked what has no length, and a length of 0 with what has no body', async () => {
  const seen: unknown[] = [];
  const xnat = await connect((request, response) => {
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
    request.resume().once('end', () => {
      seen.push([request.method, coding, length]);
      response.end();
    });
  });
  await (await xnat.send(question(endless(3).body))).content();
  await (await xnat.send({ ...question(), method: 'PUT' })).content();
  expect(seen).toEqual([
    ['POST', 'chunked', undefined],
    ['PUT', undefined, '0'],
  ]);
});
