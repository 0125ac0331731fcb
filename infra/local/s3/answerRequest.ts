import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerPreflight } from './cors.ts';
import { deleteRoutes } from './deleteRoutes.ts';
import { listRoutes } from './listRoutes.ts';
import { objectRoutes } from './objectRoutes.ts';
import type { Store } from './openStore.ts';
import { type OperationName, requireKnownHeaders, resolveOperation } from './operations.ts';
import type { parseWireRequest } from './parseWireRequest.ts';
import { receiveBody } from './receiveBody.ts';
import type { S3Answer, S3Call, S3Route } from './s3Call.ts';
import { s3Error } from './s3Error.ts';
import type { BucketOptions, S3Options } from './s3Options.ts';
import { uploadRoutes } from './uploadRoutes.ts';
import { type VerifiedRequest, verifySignature } from './verifySignature.ts';

export interface Exchange {
  wire: ReturnType<typeof parseWireRequest>;
  bucket: BucketOptions | undefined;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Answers one request: signature first, then bucket, operation and its route. @throws errors of s3Error.ts */
export function requestAnswerer(store: Store, options: S3Options, onOperation: (name: OperationName) => void) {
  const routes: Record<OperationName, S3Route> = {
    ...listRoutes(store),
    ...objectRoutes(store),
    ...deleteRoutes(store),
    ...uploadRoutes(store),
  };
  return async (exchange: Exchange): Promise<S3Answer> => {
    const { wire, bucket } = exchange;
    if (wire.method === 'OPTIONS')
      return { status: 200, headers: answerPreflight(bucket?.corsRules ?? [], wire.headers) };
    const { credentials, region } = options;
    const verified = verifySignature(wire, { credentials, region, nowMs: store.nowMs() });
    if (bucket === undefined) throw s3Error('NoSuchBucket', 'The specified bucket does not exist');
    const query = new Map(wire.query);
    requireKnownHeaders([...wire.headers.keys(), ...[...query.keys()].filter((name) => name.startsWith('x-amz-'))]);
    const operation = resolveOperation({ method: wire.method, hasKey: wire.key !== '', query: query.keys() });
    onOperation(operation);
    return await routes[operation](callOf({ ...exchange, bucket, query, verified }));
  };
}

function callOf({
  wire,
  bucket,
  request,
  response,
  query,
  verified,
}: Exchange & { bucket: BucketOptions; query: Map<string, string>; verified: VerifiedRequest }): S3Call {
  const header = (name: string) => wire.headers.get(name) ?? (name.startsWith('x-amz-') ? query.get(name) : undefined);
  return {
    bucket,
    key: wire.key,
    query,
    header,
    headerNames: [...wire.headers.keys()],
    body: (bodyOptions) => receiveBody({ header, verified, source: bodyBytes(request, response), ...bodyOptions }),
  };
}

/** Tells a waiting client to send, then yields; the connection outlives an early end, so that it takes the answer. */
async function* bodyBytes(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Uint8Array> {
  if (request.headers.expect === '100-continue') response.writeContinue();
  yield* request.iterator({ destroyOnReturn: false });
}
