import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { uploadSubmission } from '../../../core/upload/uploadSubmission.ts';
import { startAirlockServer } from '../../fakes/airlockServer.ts';
import { filled, localFiles, uploadPorts } from './uploads.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

test('follows a receipt that is too large for an answer to where it lies, and shows its token to nobody there', async () => {
  const place: { url?: string; body?: string; seen: IncomingHttpHeaders[] } = { seen: [] };
  const storage = createServer((request, response) => {
    place.seen.push(request.headers);
    response.end(place.body);
  }).listen(0, '127.0.0.1');
  await once(storage, 'listening');
  closing.push(async () => storage.close());
  const { port } = z.object({ port: z.number() }).parse(storage.address());
  const server = await startAirlockServer({
    fault: ({ path }) =>
      path.endsWith('/receipt') && place.url !== undefined
        ? { status: 303, headers: { location: place.url } }
        : undefined,
  });
  closing.push(server.close);
  const { plan, bytes } = localFiles({ a: filled(10) });
  const { ports, api } = uploadPorts(server.url, bytes);
  const { id } = await uploadSubmission(ports, { plan, target: { project: 'DEMO' } });
  const receipt = await api.getReceipt(id);
  place.body = JSON.stringify(receipt);
  place.url = `http://127.0.0.1:${port}/receipt?signature=x`;
  expect(await api.getReceipt(id)).toEqual(receipt);
  expect(place.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
});
