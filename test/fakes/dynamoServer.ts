import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import * as z from 'zod';

/**
 * DynamoDB for tests: dynalite, and before it a front that adds what dynalite lacks, TransactWriteItems of puts. The
 * front lets one request through at a time, so a transaction is alone; when a put of it is refused, the puts before
 * are undone. It is not crash-atomic: no test ends it in between.
 */
export async function dynamoServer() {
  const engine: Server = dynalite({ createTableMs: 0 });
  const engineUrl = await listening(engine);
  const oneAtATime = queue();
  const front = createServer((request, response) => {
    const answer = async () => {
      const call = { headers: headersOf(request), body: await textOf(request) };
      const transacting = call.headers['x-amz-target']?.endsWith('.TransactWriteItems');
      return oneAtATime(() => (transacting ? transact(engineUrl, call) : forward(engineUrl, call)));
    };
    answer().then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  const endpoint = await listening(front);
  return {
    client: () =>
      new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await new Promise((resolve) => engine.close(resolve));
    },
  };
}

/** The ledger's table as the template declares it. */
export async function createLedgerTable(client: DynamoDBClient, table: string): Promise<void> {
  const keys = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];
  const index = (name: string) => ({
    IndexName: name,
    KeySchema: keySchema(`${name}pk`, `${name}sk`),
    Projection: { ProjectionType: 'ALL' as const },
  });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: [index('gsi1'), index('gsi2')],
    }),
  );
}

const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

interface Call {
  headers: Record<string, string>;
  body: string;
}

const Transaction = z.object({
  TransactItems: z.array(
    z.object({
      Put: z.object({ TableName: z.string(), Item: z.looseObject({ pk: z.unknown(), sk: z.unknown() }) }).loose(),
    }),
  ),
});

async function transact(engineUrl: string, { headers, body }: Call) {
  const call = (action: string, input: object) =>
    forward(engineUrl, {
      headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${action}` },
      body: JSON.stringify(input),
    });
  const undo: (() => Promise<unknown>)[] = [];
  const reasons: { Code: string }[] = [];
  const { TransactItems } = Transaction.parse(JSON.parse(body));
  for (const { Put } of TransactItems) {
    const key = { TableName: Put.TableName, Key: { pk: Put.Item.pk, sk: Put.Item.sk } };
    const { Item: before } = z
      .object({ Item: z.unknown().optional() })
      .parse(JSON.parse((await call('GetItem', key)).body));
    const put = await call('PutItem', Put);
    reasons.push({ Code: put.status === 200 ? 'None' : 'ConditionalCheckFailed' });
    if (put.status !== 200) break;
    undo.unshift(() =>
      before ? call('PutItem', { TableName: Put.TableName, Item: before }) : call('DeleteItem', key),
    );
  }
  if (reasons.every(({ Code }) => Code === 'None')) return { status: 200, body: '{}' };
  for (const restore of undo) await restore();
  const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
  return {
    status: 400,
    body: JSON.stringify({ __type: type, message: 'Transaction cancelled', CancellationReasons: reasons }),
  };
}

async function forward(engineUrl: string, { headers, body }: Call) {
  const answer = await fetch(engineUrl, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.text() };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
  return Object.fromEntries(kept.map((name) => [name, String(headers[name] ?? '')]));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray();
  return Buffer.concat(chunks).toString('utf8');
}

function queue() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${(address satisfies AddressInfo).port}`;
}
