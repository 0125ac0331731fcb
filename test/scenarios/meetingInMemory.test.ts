import { beforeEach, describe, expect, test } from 'vitest';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { Delivery, DeliveryItem, type StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { relabelSession } from '../../lambdas/steps/relabelSession.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { askRelabel } from '../fixtures/runRelabel.ts';
import { askWithdrawal, withdraw } from '../fixtures/runWithdrawal.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

type Ports = ReturnType<typeof memoryPorts>;

const labels = { subject: 'QX', session: 'QZ' };
const policyOf = (more: object) => ProjectPolicy.parse({ ...demoPolicy, ...more });
const busy = expect.objectContaining({ name: 'XnatBusy' });

let ports: Ports;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const first = (files = [slice(1)]) => readyToPush(ports, { files, number: 1, ...labels });
const append = (files = [slice(2)]) => readyToPush(ports, { files, number: 2, onConflict: 'append', ...labels });
const stored = () =>
  [...ports.archive.sessions].map(([at, { scans }]) => `${at} ${[...scans.values()].map(({ files }) => files.size)}`);
const stateOf = async ({ submission }: StepInput) => (await ports.ledger.get(submission))?.state;

async function deliveryOf({ submission }: StepInput): Promise<Delivery> {
  const [item] = await readLines(ports.work, workKeys.deliveries(submission), DeliveryItem);
  return readDocument(ports.work, workKeys.delivery(submission, item?.delivery ?? ''), Delivery);
}

/** What a curator does who gives a session another label. */
function rename(from: string, to: string): void {
  const session = ports.archive.sessions.get(from);
  if (session === undefined) throw new Error('There is no session');
  ports.archive.sessions.delete(from);
  ports.archive.sessions.set(to, session);
}

/** What a curator does who archives what lies in the prearchive. */
async function curate(input: StepInput): Promise<void> {
  const [lying] = await ports.archive.listPrearchived(await deliveryOf(input));
  await ports.archive.commit({ xnatProject: 'DEMO', uri: lying?.uri ?? '' }, 'by-hand');
}

describe('a session that gets another label between Push and Confirm', () => {
  test('is not made a second time where another submission relabels it', async () => {
    const other = await first();
    await deliver(ports, other);
    const input = await append();
    await pushAll(ports, input);
    await relabelSession(ports)(await askRelabel(ports, other.submission, { session: 'NEW' }));
    await expect(confirmArchive(ports)(input)).rejects.toMatchObject({ name: 'XnatConflict' });
    expect(stored()).toEqual(['DEMO/NEW 2']);
    await recordFailure(ports)({ ...input, failure: { Error: 'XnatConflict' } });
    const { archive } = await withdraw(ports, input.submission);
    expect(archive.flatMap(({ files }) => files)).toHaveLength(1);
    expect(stored()).toEqual(['DEMO/NEW 1']);
  });

  test.each([{ route: 'archive' }, { route: 'prearchive', commit: true }])(
    'is not made a second time where a curator renames it, and goes with its withdrawal: $route',
    async (delivery) => {
      ports = memoryPorts(policyOf({ delivery }));
      const input = await first([slice(1), slice(2)]);
      await pushAll(ports, input);
      const { route } = delivery;
      // by the prearchive a session comes to be in Confirm
      if (route === 'prearchive') await confirmArchive(ports)(input);
      rename('DEMO/QZ', 'DEMO/MINE');
      await expect(confirmArchive(ports)(input)).rejects.toMatchObject({
        name: route === 'archive' ? 'XnatConflict' : 'ArchiveMismatch',
      });
      expect(stored()).toEqual(['DEMO/MINE 2']);
      await recordFailure(ports)({ ...input, failure: { Error: 'XnatConflict' } });
      const { archive: removed } = await withdraw(ports, input.submission);
      expect(removed).toMatchObject([{ uri: '/data/experiments/XNAT_E00001', sessionRemoved: true }]);
      expect(stored()).toEqual([]);
    },
  );

  test('is made again where it is gone, and goes with its withdrawal', async () => {
    const input = await first();
    await pushAll(ports, input);
    ports.archive.sessions.clear();
    await confirmArchive(ports)(input);
    expect(stored()).toEqual(['DEMO/QZ 1']);
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    await withdraw(ports, input.submission);
    expect(stored()).toEqual([]);
  });
});

describe('a withdrawal', () => {
  test('waits for the turn of the attempt that writes, and takes what that wrote', async () => {
    const resources = [{ label: 'EXTRA', level: 'project', endings: ['.txt'], disposition: 'accept' }];
    ports = memoryPorts(policyOf({ resources, delivery: { route: 'prearchive' } }));
    const input = await first([slice(1), { path: '1/a.txt', bytes: Buffer.from('one') }]);
    await pushAll(ports, input);
    await expect(confirmArchive(ports)(input)).rejects.toMatchObject({ name: 'XnatUncommitted' });
    await curate(input);
    const { putPack } = ports.archive;
    let asked: StepInput | undefined;
    const archive: Ports['archive'] = {
      ...ports.archive,
      async putPack(...given) {
        asked = await askWithdrawal(ports, input.submission);
        await expect(removeSubmission(ports)(asked)).rejects.toEqual(busy);
        await putPack(...given);
      },
    };
    await expect(confirmArchive({ ...ports, archive })(input)).rejects.toMatchObject({ name: 'StateConflict' });
    if (asked === undefined) throw new Error('Nothing was written');
    await removeSubmission(ports)(asked);
    expect(stored()).toEqual([]);
    expect([...(ports.archive.shared.get('/data/projects/DEMO')?.get('EXTRA') ?? [])]).toEqual([]);
    await expect(confirmArchive(ports)(input)).rejects.toMatchObject({ name: 'StateConflict' });
  });

  test('waits while the receipt is signed, and is certified with it', async () => {
    ports = memoryPorts(policyOf({ delivery: { route: 'prearchive' } }));
    const input = await first();
    await pushAll(ports, input);
    await expect(confirmArchive(ports)(input)).rejects.toMatchObject({ name: 'XnatUncommitted' });
    await curate(input);
    await confirmArchive(ports)(input);
    let asked: StepInput | undefined;
    const audit: Ports['audit'] = {
      ...ports.audit,
      async write(...given) {
        asked = await askWithdrawal(ports, input.submission);
        await expect(removeSubmission(ports)(asked)).rejects.toEqual(busy);
        return ports.audit.write(...given);
      },
    };
    await expect(sealReceipt({ ...ports, audit })(input)).rejects.toMatchObject({ name: 'StateConflict' });
    if (asked === undefined) throw new Error('Nothing was signed');
    await removeSubmission(ports)(asked);
    expect(await stateOf(input)).toBe('withdrawn');
    expect(stored()).toEqual([]);
  });

  test('removes no subject that another submission makes a session of at this moment', async () => {
    const input = await first();
    await deliver(ports, input);
    const other = await readyToPush(ports, {
      ...{ files: [slice(1, { seed: 'another' })], number: 2, subject: 'QX', session: 'QB' },
    });
    let isMeeting = false;
    const removal: Ports['removal'] = {
      ...ports.removal,
      async listBelow(item) {
        const below = await ports.removal.listBelow(item);
        if (!item.includes('/subjects/') || isMeeting) return below;
        isMeeting = true;
        await expect(pushAll(ports, other)).rejects.toEqual(busy);
        return below;
      },
    };
    await removeSubmission({ ...ports, removal })(await askWithdrawal(ports, input.submission));
    expect(isMeeting).toBe(true);
    await deliver(ports, other);
    expect(stored()).toEqual(['DEMO/QB 1']);
  });
});

test('a receipt says nothing of labels that its session has lost since Confirm', async () => {
  const other = await first();
  await deliver(ports, other);
  const input = await append();
  await pushAll(ports, input);
  await confirmArchive(ports)(input);
  await relabelSession(ports)(await askRelabel(ports, other.submission, { session: 'NEW' }));
  await expect(sealReceipt(ports)(input)).rejects.toMatchObject({ name: 'XnatConflict' });
  expect(await ports.audit.head(auditKeys.receipt(input.submission))).toBeUndefined();
});

test('a receipt says nothing of files that another submission has taken back since Confirm', async () => {
  const other = await first();
  await deliver(ports, other);
  const input = await append([slice(1), slice(2)]);
  await pushAll(ports, input);
  await confirmArchive(ports)(input);
  await withdraw(ports, other.submission);
  await expect(sealReceipt(ports)(input)).rejects.toThrow('1 files of others are gone since Confirm');
  expect(await ports.audit.head(auditKeys.receipt(input.submission))).toBeUndefined();
  expect(await stateOf(input)).toBe('confirming');
});

test('a file of others beside what follows the prearchive holds the submission, and stays when that is released', async () => {
  const resources = [{ label: 'EXTRA', level: 'session', endings: ['.txt'], disposition: 'accept' }];
  ports = memoryPorts(policyOf({ resources, delivery: { route: 'prearchive', commit: true } }));
  const input = await first([slice(1), { path: '1/a.txt', bytes: Buffer.from('one') }]);
  await pushAll(ports, input);
  // it was there when Confirm came a second time, as after an XNAT that was away
  const archive: Ports['archive'] = {
    ...ports.archive,
    async putPack(...given) {
      await ports.archive.putPack(...given);
      throw new DomainError('XnatUnavailable', 'Cannot push: XNAT answered 503');
    },
  };
  await expect(confirmArchive({ ...ports, archive })(input)).rejects.toMatchObject({ name: 'XnatUnavailable' });
  const extra = ports.archive.sessions.get('DEMO/QZ')?.resources.get('EXTRA');
  extra?.set('foreign.txt', new Uint8Array(1));
  ports.clock.now = () => '2026-01-02T04:04:05.678Z';
  expect(await confirmArchive(ports)(input)).toEqual({ decision: 'hold' });
  expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'held', reason: 'ArchiveFileForeign' });
  const held = await ports.ledger.get(input.submission);
  if (held === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, held, { actor, to: 'pushing' });
  expect(await confirmArchive(ports)({ ...input, attempt })).toEqual({ decision: 'accept' });
  await sealReceipt(ports)({ ...input, attempt });
  expect(extra?.size).toBe(2);
});
