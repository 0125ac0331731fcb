import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoLedger } from '../../../lambdas/adapters/dynamoLedger.ts';
import { sqliteLedger } from '../../../lambdas/adapters/sqliteLedger.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { createLedgerTable, dynamoServer } from '../../fakes/dynamoServer.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';

ledgerContract('memory', async () => {
  const ledger = memoryLedger();
  return { open: () => ledger, close: () => undefined };
});

ledgerContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const opened: ReturnType<typeof sqliteLedger>[] = [];
  return {
    open() {
      const ledger = sqliteLedger({ path: join(folder, 'ledger.sqlite') });
      opened.push(ledger);
      return ledger;
    },
    async close() {
      for (const ledger of opened) ledger.close();
      await rm(folder, { recursive: true });
    },
  };
});

ledgerContract('DynamoDB', async () => {
  const server = await dynamoServer();
  const client = server.client();
  await createLedgerTable(client, 'ledger');
  return {
    open: () => dynamoLedger({ client, table: 'ledger' }),
    async close() {
      client.destroy();
      await server.close();
    },
  };
});
