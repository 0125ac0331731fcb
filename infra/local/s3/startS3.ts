import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Exchange, requestAnswerer } from './answerRequest.ts';
import { corsHeaders } from './cors.ts';
import { openStore } from './openStore.ts';
import { parseWireRequest } from './parseWireRequest.ts';
import type { S3Answer } from './s3Call.ts';
import { describeS3Error } from './s3Error.ts';
import type { ObjectCreated, RequestCounts, S3Options, S3Server } from './s3Options.ts';
import { xmlDocument } from './xml.ts';

/** Longer than clients keep idle sockets: who closes last sees no reset. */
const KEEP_ALIVE_MS = 65_000;
const HOST = '127.0.0.1';

interface StartOptions extends S3Options {
  onObjectCreated: (event: ObjectCreated) => void;
  /** Milliseconds since 1970; the clock of the machine when absent. */
  nowMs?: () => number;
}

/**
 * The one-machine S3 in this process, on 127.0.0.1. It does what Airlock asks of S3 and refuses everything else:
 * signatures, expiry, checksums, conditions, versions and Object Lock hold as they do in AWS.
 * `onObjectCreated` is called after the commit and before the client has its answer.
 */
export async function startS3(options: StartOptions): Promise<S3Server> {
  const { nowMs = Date.now, onObjectCreated } = options;
  const store = await openStore({ dataDir: options.dataDir, nowMs, onObjectCreated });
  const counts: RequestCounts = {};
  const answer = requestAnswerer(store, options, (name) => {
    counts[name] = (counts[name] ?? 0) + 1;
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    response.setHeader('x-amz-request-id', requestId);
    try {
      const wire = parseWireRequest(request);
      const bucket = options.buckets.find(({ name }) => name === wire.bucketName);
      const exchange: Exchange = { wire, bucket, request, response };
      const origin = corsHeaders(bucket?.corsRules ?? [], wire.headers.get('origin'), wire.method);
      for (const [name, value] of Object.entries(origin)) response.setHeader(name, value);
      await send(response, await answer(exchange));
    } catch (error) {
      refuse(response, request, { error, requestId });
    }
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, handle);
  server.on('checkContinue', handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, HOST, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${HOST}:${port}`,
    counts: async () => ({ ...counts }),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

async function send(response: ServerResponse, { status, headers = {}, body }: S3Answer): Promise<void> {
  response.writeHead(status, typeof body === 'string' ? { ...headers, 'content-type': 'application/xml' } : headers);
  if (body === undefined || typeof body === 'string') {
    response.end(body);
    return;
  }
  await sendChunks(response, body);
}

/**
 * One chunk on its way while the next is read. A chunk's memory is used again, so its write must have ended, not only
 * been taken: the callback tells.
 */
async function sendChunks(response: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const gone = new Error('Send an object: the client is gone');
  let fail: (error: Error) => void = () => undefined;
  response.once('close', () => fail(gone));
  const write = (chunk: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      fail = reject;
      if (response.destroyed) reject(gone);
      response.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  let written = Promise.resolve();
  for await (const chunk of chunks) {
    await written;
    written = write(chunk);
    // awaited with the next chunk; a client that leaves meanwhile must not end the process
    written.catch(() => undefined);
  }
  await written;
  response.end();
}

/** Answers with the error's document; once an answer is under way, cuts it, so that no part passes for the whole. */
function refuse(
  response: ServerResponse,
  request: IncomingMessage,
  { error, requestId }: { error: unknown; requestId: string },
): void {
  const { code, status, message } = describeS3Error(error);
  // no socket yet is no reason: the answer before it may still be on its way, and its client has it already
  if (response.destroyed) return;
  if (code === 'InternalError') console.error(`s3: ${requestId}: ${error instanceof Error ? error.message : 'failed'}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = xmlDocument('Error', { Code: code, Message: message, RequestId: requestId });
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(request.method === 'HEAD' ? undefined : body);
}
