import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Registers } from '../../core/submission/ports.ts';

const Item = z.object({ version: z.int(), document: z.string() });

/** Registers as items of the ledger's table, one partition each. */
export function dynamoRegisters({
  client = new DynamoDBClient(),
  table,
}: {
  client?: DynamoDBClient;
  table: string;
}): Registers {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async read(name) {
      const get = new GetCommand({ TableName: table, Key: keyOf(name), ConsistentRead: true });
      const { Item: item } = await documents.send(get).catch(fail);
      if (item === undefined) return { version: 0, value: undefined };
      const { version, document } = Item.parse(item);
      return { version, value: JSON.parse(document) };
    },
    async swap(name, { version, value }) {
      const condition =
        version === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#version = :version',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': version },
            };
      const item = { ...keyOf(name), version: version + 1, document: JSON.stringify(value) };
      return documents.send(new PutCommand({ TableName: table, Item: item, ...condition })).then(
        () => true,
        (cause: unknown) => (isRefusedCondition(cause) ? false : fail(cause)),
      );
    },
  };
}

const keyOf = (name: string) => ({ pk: `REGISTER#${name}`, sk: 'REGISTER' });

const isRefusedCondition = (error: unknown) =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

function fail(cause: unknown): never {
  throw new DomainError('StorageUnavailable', 'Cannot use the registers: the table does not answer', { cause });
}
