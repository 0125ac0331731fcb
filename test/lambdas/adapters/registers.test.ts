import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoRegisters } from '../../../lambdas/adapters/dynamoRegisters.ts';
import { sqliteRegisters } from '../../../lambdas/adapters/sqliteRegisters.ts';
import { registersContract } from '../../contracts/registers.ts';
import { createLedgerTable, dynamoServer } from '../../fakes/dynamoServer.ts';
import { memoryRegisters } from '../../fakes/memoryRegisters.ts';

registersContract('memory', async () => {
  const registers = memoryRegisters();
  return { open: () => registers, close: () => undefined };
});

registersContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registers-'));
  const opened: ReturnType<typeof sqliteRegisters>[] = [];
  return {
    open() {
      const registers = sqliteRegisters({ path: join(folder, 'ledger.sqlite') });
      opened.push(registers);
      return registers;
    },
    async close() {
      for (const registers of opened) registers.close();
      await rm(folder, { recursive: true });
    },
  };
});

registersContract('DynamoDB', async () => {
  const server = await dynamoServer();
  const client = server.client();
  await createLedgerTable(client, 'ledger');
  return {
    open: () => dynamoRegisters({ client, table: 'ledger' }),
    async close() {
      client.destroy();
      await server.close();
    },
  };
});
