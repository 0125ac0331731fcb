import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { sqliteLedger } from '../../../lambdas/adapters/sqliteLedger.ts';
import { draft } from '../../contracts/changes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keeps every acknowledged commit, and state and events in step, through kill -9', async () => {
  const path = join(folder, 'ledger.sqlite');
  const { next, ...rest } = draft(1);
  const ledger = sqliteLedger({ path });
  await ledger.create({ next, ...rest });
  for (let round = 0; round < 4; round += 1) {
    const acknowledged = await commitUntilKilled(path, 20 + 7 * round);
    const head = await ledger.get(next.id);
    const events = await ledger.events(next.id);
    expect(head?.chain.seq).toBeGreaterThanOrEqual(acknowledged);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head?.chain.seq ?? 0 }, (_, index) => index + 1));
    expect(events.at(-1)?.hash).toBe(head?.chain.hash);
    verifyChain(events);
  }
  ledger.close();
});

test('lets two processes write at once: none loses an event', async () => {
  const path = join(folder, 'ledger.sqlite');
  const [first, second] = [sqliteLedger({ path }), sqliteLedger({ path })];
  const changes = Array.from({ length: 40 }, (_, number) => draft(number));
  await Promise.all(changes.map((change, number) => (number % 2 ? first : second).create(change)));
  for (const change of changes) expect(await first.events(change.next.id)).toEqual([change.event]);
  first.close();
  second.close();
});

test('says that the storage does not answer when the file cannot be opened', () => {
  expect(() => sqliteLedger({ path: join(folder, 'absent', 'ledger.sqlite') })).toThrow(
    expect.objectContaining({ name: 'StorageUnavailable' }),
  );
});

/** The number of the last event that the process reported before it was killed. */
async function commitUntilKilled(path: string, commits: number): Promise<number> {
  const script = new URL('../../fixtures/commitForever.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let seen = 0;
  let rest = '';
  let last = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    seen += lines.length;
    last = Number(lines.at(-1) ?? last);
    if (seen >= commits) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  return last;
}
