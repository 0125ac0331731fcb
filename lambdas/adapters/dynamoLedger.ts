import { DynamoDBClient, type TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { placeInState } from '../../core/submission/attempts/placeInState.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { Submission, UploadedObject } from '../../core/submission/contracts/Submission.ts';
import type { Ledger, LedgerChange } from '../../core/submission/ports.ts';

type Query = Omit<QueryCommandInput, 'TableName'>;

/**
 * The ledger on DynamoDB: one table with the keys `pk` and `sk` and the indexes `gsi1` (a site's submissions in the
 * order of creation) and `gsi2` (submissions by state). Item kinds of a submission: STATE, EVENT#, OBJECT#.
 * @throws DomainError LedgerConflict, ObjectNotFound, StorageUnavailable for faults of the service
 */
export function dynamoLedger({
  client = new DynamoDBClient(),
  table,
}: {
  client?: DynamoDBClient;
  table: string;
}): Ledger {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const pages = (query: Query) => queryPages(documents, { ...query, TableName: table });

  const transact = async (change: LedgerChange, condition: object) => {
    const { id, chain } = change.next;
    const event = {
      Put: {
        TableName: table,
        Item: { pk: partition(id), sk: eventKey(chain.seq), event: change.event },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
    const state = { Put: { TableName: table, Item: stateItem(change.next), ...condition } };
    await documents.send(new TransactWriteCommand({ TransactItems: [state, event] })).catch((cause: unknown) => {
      throw isLostRace(cause) ? conflict(id, cause) : unavailable(cause);
    });
  };
  const getObject = async (submission: string, object: string) => {
    const { Item } = await documents
      .send(new GetCommand({ TableName: table, Key: objectKey(submission, object), ConsistentRead: true }))
      .catch(fail);
    return Item === undefined ? undefined : ObjectItem.parse(Item).object;
  };

  return {
    create: (change) => transact(change, { ConditionExpression: 'attribute_not_exists(pk)' }),
    commit: (change) =>
      transact(change, {
        ConditionExpression: '#submission.#chain.#hash = :prev',
        ExpressionAttributeNames: { '#submission': 'submission', '#chain': 'chain', '#hash': 'hash' },
        ExpressionAttributeValues: { ':prev': change.event.prev },
      }),
    async get(id) {
      const { Item } = await documents
        .send(new GetCommand({ TableName: table, Key: { pk: partition(id), sk: 'STATE' }, ConsistentRead: true }))
        .catch(fail);
      return Item === undefined ? undefined : StateItem.parse(Item).submission;
    },
    async list({ site, limit, cursor }) {
      const { Items = [] } = await documents
        .send(
          new QueryCommand({
            TableName: table,
            IndexName: 'gsi1',
            KeyConditionExpression: 'gsi1pk = :site AND gsi1sk < :place',
            ExpressionAttributeValues: {
              ':site': `SITE#${site}`,
              ':place': cursor === undefined ? '~' : placeOfCursor(cursor),
            },
            ScanIndexForward: false,
            Limit: limit + 1,
          }),
        )
        .catch(fail);
      const items = Items.map((item) => StateItem.parse(item).submission);
      const last = items.length > limit ? items[limit - 1] : undefined;
      return { items: items.slice(0, limit), ...(last && { cursor: cursorOf(last) }) };
    },
    async *listByState(state, { after = '', before = '~' } = {}) {
      if (after >= before) return;
      const query = {
        IndexName: 'gsi2',
        // both ends belong to it, and no submission stands at either but the one that was passed
        KeyConditionExpression: 'gsi2pk = :state AND gsi2sk BETWEEN :after AND :before',
        ExpressionAttributeValues: { ':state': `STATE#${state}`, ':after': after || ' ', ':before': before },
      };
      for await (const item of pages(query)) {
        const { submission } = StateItem.parse(item);
        const place = placeInState(submission);
        if (place > after && place < before) yield submission;
      }
    },
    async events(submission) {
      const items = await Array.fromAsync(pages(kindOf(submission, 'EVENT#')));
      return items.map((item) => EventItem.parse(item).event);
    },
    async openObject(submission, object) {
      const item = { ...objectKey(submission, object.object), object };
      const opened = await documents
        .send(new PutCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }))
        .then(() => object)
        .catch((cause: unknown) => (isRefusedCondition(cause) ? undefined : fail(cause)));
      return opened ?? (await getObject(submission, object.object)) ?? object;
    },
    async closeObject(submission, object) {
      const put = new PutCommand({
        TableName: table,
        Item: { ...objectKey(submission, object.object), object },
        ConditionExpression: '#object.#uploadId = :uploadId',
        ExpressionAttributeNames: { '#object': 'object', '#uploadId': 'uploadId' },
        ExpressionAttributeValues: { ':uploadId': object.uploadId },
      });
      await documents.send(put).catch((cause: unknown) => {
        if (!isRefusedCondition(cause)) throw unavailable(cause);
        throw new DomainError('ObjectNotFound', `Cannot close ${object.object}: no such upload is open`, { cause });
      });
    },
    getObject,
    async listObjects(submission) {
      const items = await Array.fromAsync(pages(kindOf(submission, 'OBJECT#')));
      return items.map((item) => ObjectItem.parse(item).object);
    },
  };
}

const StateItem = z.object({ submission: Submission });
const EventItem = z.object({ event: ChainedEvent });
const ObjectItem = z.object({ object: UploadedObject });

const partition = (submission: string) => `SUB#${submission}`;
/** Ten digits keep the order of numbers in the order of keys. */
const eventKey = (seq: number) => `EVENT#${String(seq).padStart(10, '0')}`;
const objectKey = (submission: string, object: string) => ({ pk: partition(submission), sk: `OBJECT#${object}` });

const stateItem = (submission: Submission) => ({
  pk: partition(submission.id),
  sk: 'STATE',
  gsi1pk: `SITE#${submission.site}`,
  gsi1sk: placeOf(submission),
  gsi2pk: `STATE#${submission.state}`,
  gsi2sk: placeInState(submission),
  submission,
});

const kindOf = (submission: string, prefix: string): Query => ({
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': partition(submission), ':prefix': prefix },
  ConsistentRead: true,
});

async function* queryPages(documents: DynamoDBDocumentClient, query: QueryCommandInput): AsyncIterable<unknown> {
  let start: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await documents.send(new QueryCommand({ ...query, ExclusiveStartKey: start })).catch(fail);
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

const isRefusedCondition = (error: unknown) =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** A condition that does not hold, or another transaction on the same items at this moment. */
function isLostRace(error: unknown): boolean {
  return (
    isCancelled(error) &&
    (error.CancellationReasons ?? []).some(
      ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
    )
  );
}

const isCancelled = (error: unknown): error is TransactionCanceledException =>
  error instanceof Error && error.name === 'TransactionCanceledException';

const conflict = (id: string, cause: unknown) =>
  new DomainError('LedgerConflict', `Cannot change ${id}: another writer was first`, { cause });

const unavailable = (cause: unknown) =>
  new DomainError('StorageUnavailable', 'Cannot use the ledger: the table does not answer', { cause });

function fail(cause: unknown): never {
  throw unavailable(cause);
}

/** Where a submission stands in its site's list: unique, in the order of creation. */
const placeOf = ({ createdAt, id }: Submission) => `${createdAt}#${id}`;
const cursorOf = (last: Submission) => Buffer.from(placeOf(last)).toString('base64url');
const placeOfCursor = (cursor: string) => Buffer.from(cursor, 'base64url').toString();
