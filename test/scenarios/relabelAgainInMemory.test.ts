import { beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../core/audit/relabellingBytes.ts';
import { sealedSoFar } from '../../core/audit/sealedSoFar.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { placedByNow } from '../../core/delivery/change/placedByNow.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import type { WantedLabels } from '../../core/submission/contracts/Submission.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { relabelSession } from '../../lambdas/steps/relabelSession.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { askRelabel } from '../fixtures/runRelabel.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
  // which of two receipts is the newer one is told by time
  let at = Date.parse(ports.clock.now());
  const now = () => {
    at += 10;
    return new Date(at).toISOString();
  };
  ports.clock = { ...ports.clock, now };
});

const labels = { subject: 'QX', session: 'QZ' };
const placed = () => [...ports.archive.sessions].map(([key, { subject, id }]) => `${id} ${subject} ${key}`);
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;
const addendumOf = async ({ submission }: StepInput, number = 1) =>
  (await readDocument(ports.audit, auditKeys.relabelling(submission, number), SignedRelabelling)).relabelling;
const named = async (input: StepInput) => ({
  submission: input.submission,
  sha256: hashBytes(receiptBytes(await receiptOf(input))),
});

async function archived(files = [slice(1), slice(2)], number = 1, as = labels) {
  const input = await readyToPush(ports, { files, number, ...as });
  await deliver(ports, input);
  return input;
}

async function relabelled({ submission }: StepInput, to: WantedLabels) {
  await relabelSession(ports)(await askRelabel(ports, submission, to));
  verifyChain(await ports.ledger.events(submission));
  return ports.ledger.get(submission);
}

/** What a curator does in XNAT itself. */
function renameByHand(from: string, to: { subject: string; session: string }) {
  const session = ports.archive.sessions.get(`DEMO/${from}`);
  if (session === undefined) throw new Error('There is no session');
  ports.archive.sessions.delete(`DEMO/${from}`);
  ports.archive.sessions.set(`DEMO/${to.session}`, Object.assign(session, { subject: to.subject }));
}

describe('a label that a curator gave', () => {
  const byHand = { subject: 'MRN-16164353', session: 'CT_Imaginovic' };
  const kept = async (input: StepInput) => {
    const documents = [await ports.ledger.get(input.submission), await ports.ledger.events(input.submission)];
    const claim = workKeys.claim(input.submission, 'relabel-a2');
    const written = (await ports.work.head(claim)) && (await Array.fromAsync(ports.work.read(claim)));
    const [session] = ports.archive.sessions.values();
    const records = [...(session?.resources.get('AIRLOCK')?.values() ?? [])];
    return [
      JSON.stringify(documents),
      ...[...(written ?? []), ...records].map((bytes) => Buffer.from(bytes).toString()),
    ];
  };

  test('is told by no addendum, event, claim or record, since it may name a person', async () => {
    const input = await archived([slice(1, { seed: 'scenario' })]);
    renameByHand('QZ', byHand);
    const keys: string[] = [];
    const { swap } = ports.registers;
    const spied: typeof swap = (key, change) => {
      keys.push(key);
      return swap(key, change);
    };
    ports.registers = { ...ports.registers, swap: spied };
    expect(await relabelled(input, { subject: 'QX', session: 'NEW' })).toMatchObject({ relabelled: 1 });
    // nor by a key of the table
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.join()).not.toMatch(/imaginovic|16164353/i);
    const addendum = await addendumOf(input);
    expect(addendum).toMatchObject({ from: {}, to: { subject: 'QX', session: 'NEW' } });
    const event = (await ports.ledger.events(input.submission)).at(-1);
    expect(event?.labels).toEqual({ from: {}, to: { subject: 'QX', session: 'NEW' } });
    const all = [JSON.stringify(addendum), ...(await kept(input))];
    expect(all).toHaveLength(5);
    for (const text of all) expect(text).not.toMatch(/imaginovic|16164353/i);
  });

  test('is told where it is the one that was sealed', async () => {
    const input = await archived();
    renameByHand('QZ', { subject: 'QX', session: 'BY_HAND' });
    await relabelled(input, { session: 'NEW' });
    expect((await addendumOf(input)).from).toEqual({ subject: 'QX' });
  });

  test('while a relabelling is broken off is not sealed: the labels that were looked at are', async () => {
    const input = await archived([slice(1, { seed: 'scenario' })]);
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    const audit = { ...ports.audit, write: async () => Promise.reject(new Error('gone')) };
    await expect(relabelSession({ ...ports, audit })(attempt)).rejects.toThrow('gone');
    renameByHand('NEW', { ...byHand, session: 'NEW' });
    await relabelSession(ports)(attempt);
    expect(await addendumOf(input)).toMatchObject({ from: labels, to: { subject: 'QX', session: 'NEW' } });
    expect(placed()).toEqual(['XNAT_E00001 QX DEMO/NEW']);
  });

  test.each([{ session: 'NEW' }, { subject: 'QX' }])('is not sealed with the other one: %o', async (wanted) => {
    const input = await archived([slice(1, { seed: 'scenario' })]);
    renameByHand('QZ', byHand);
    expect(await relabelled(input, wanted)).toMatchObject({ relabelRefusal: { code: 'LabelIdentifies' } });
    expect(placed()).toEqual(['XNAT_E00001 MRN-16164353 DEMO/CT_Imaginovic']);
    for (const text of await kept(input)) expect(text).not.toMatch(/imaginovic|16164353/i);
  });

  test('and that we would not give, is left to the curator', async () => {
    const input = await archived();
    renameByHand('QZ', { subject: 'Doe, John', session: 'NEW' });
    expect(await relabelled(input, { session: 'NEWER' })).toMatchObject({ relabelRefusal: { code: 'XnatConflict' } });
  });
});

describe('a session of whose files one is gone', () => {
  const loseOne = () => {
    const [files] = [...ports.archive.sessions.values()].flatMap(({ scans }) =>
      [...scans.values()].map((scan) => scan.files),
    );
    files?.delete([...files.keys()][0] ?? '');
  };

  test('keeps its labels: that is found before they are changed', async () => {
    const input = await archived();
    loseOne();
    expect(await relabelled(input, { session: 'NEW' })).toMatchObject({
      ...{ state: 'archived', relabelRefusal: { code: 'ArchiveAltered' } },
    });
    expect(placed()).toEqual(['XNAT_E00001 QX DEMO/QZ']);
  });

  test('and that has other labels by then, is given up by asking for its old ones', async () => {
    const input = await archived();
    const archive = {
      ...ports.archive,
      async relabel(...args: Parameters<typeof ports.archive.relabel>) {
        await ports.archive.relabel(...args);
        loseOne();
      },
    };
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW', subject: 'OTHER' });
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toMatchObject({ name: 'ArchiveMismatch' });
    await recordFailure(ports)({ ...attempt, failure: { Error: 'ArchiveMismatch' } });
    expect(await relabelled(input, labels)).toMatchObject({
      state: 'archived',
      relabelRefusal: { code: 'ArchiveAltered' },
    });
    // a subject that was made on the way goes with a withdrawal, though it was asked for by an earlier attempt
    const submission = await ports.ledger.get(input.submission);
    if (submission === undefined) throw new Error('There is no submission');
    expect(await placedByNow(ports, submission, 'DEMO')).toMatchObject([{ subject: 'OTHER', made: { subject: true } }]);
  });
});

describe('receipts follow the session, and not its label,', () => {
  test('when another one takes the label before the addendum is sealed', async () => {
    const input = await archived([slice(1)]);
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    const archive = {
      ...ports.archive,
      async relabel(...args: Parameters<typeof ports.archive.relabel>) {
        await ports.archive.relabel(...args);
        throw new Error('gone');
      },
    };
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toThrow('gone');
    const other = await archived([slice(1, { seed: 'another' })], 2, { subject: 'QY', session: 'QZ' });
    await relabelSession(ports)(attempt);
    expect(await addendumOf(input)).toMatchObject({ from: labels, previous: await named(input) });
    // and what is added to the other one follows its receipt
    const added = await readyToPush(ports, {
      ...{ files: [slice(2, { seed: 'another' })], number: 3, onConflict: 'append' },
      ...{ subject: 'QY', session: 'QZ' },
    });
    await deliver(ports, added);
    expect((await receiptOf(added)).sessions[0]?.previous).toEqual(await named(other));
  });

  test('when it is relabelled before what was added is sealed', async () => {
    const input = await archived([slice(1)]);
    const added = await readyToPush(ports, { files: [slice(2)], number: 2, onConflict: 'append', ...labels });
    await pushAll(ports, added);
    await confirmArchive(ports)(added);
    await relabelled(input, { session: 'NEW' });
    await expect(sealReceipt(ports)(added)).rejects.toMatchObject({ name: 'XnatConflict' });
    // sealed under the label it was confirmed by, when that is given back
    await relabelled(input, labels);
    await sealReceipt(ports)(added);
    const next = { files: [slice(3)], number: 3, onConflict: 'append', ...labels } as const;
    const last = await readyToPush(ports, next);
    await deliver(ports, last);
    expect((await receiptOf(last)).sessions[0]?.previous).toEqual(await named(added));
    // a later relabelling follows the last of them
    await relabelled(input, { session: 'NEWER' });
    expect((await addendumOf(input, 3)).previous).toEqual(await named(last));
  });
});

describe('an addendum that was signed before its step died', () => {
  /** Signed, and then the session gets its old label in XNAT, and another one the new label. */
  async function signedAndUndone() {
    const input = await archived([slice(1)]);
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    const archive = { ...ports.archive, putRecord: async () => Promise.reject(new Error('gone')) };
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toThrow('gone');
    renameByHand('NEW', labels);
    await archived([slice(1, { seed: 'another' })], 2, { subject: 'QY', session: 'NEW' });
    return { input, attempt };
  }
  const told = async ({ submission }: StepInput) =>
    (await ports.ledger.events(submission)).flatMap(({ labels: each, digests }) => (each ? [{ each, digests }] : []));

  test('is told when the step goes on, and never stands for what is asked for later', async () => {
    const { input, attempt } = await signedAndUndone();
    await relabelSession(ports)(attempt);
    expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'archived', relabelled: 1 });
    expect(await relabelled(input, { session: 'NEWER' })).toMatchObject({ relabelled: 2 });
    const both = [await addendumOf(input, 1), await addendumOf(input, 2)];
    expect(both).toMatchObject([{ to: { session: 'NEW' } }, { after: 1, to: { session: 'NEWER' } }]);
    expect(await told(input)).toEqual(
      both.map(({ from, to, ...rest }) => ({
        each: { from, to },
        digests: { addendum: hashBytes(relabellingBytes({ ...rest, from, to })) },
      })),
    );
    expect(placed()).toContain('XNAT_E00001 QX DEMO/NEWER');
  });

  test('is passed over by what is asked for anew', async () => {
    const { input, attempt } = await signedAndUndone();
    await recordFailure(ports)({ ...attempt, failure: { Error: 'XnatUnavailable' } });
    expect(await relabelled(input, { session: 'NEWER' })).toMatchObject({ relabelled: 2 });
    const submission = { id: input.submission, relabelled: 2 };
    expect((await sealedSoFar(ports.audit, submission)).addenda).toMatchObject([
      { number: 2, from: labels, to: { subject: 'QX', session: 'NEWER' } },
    ]);
    const digests = { addendum: hashBytes(relabellingBytes(await addendumOf(input, 2))) };
    expect(await told(input)).toMatchObject([{ each: { to: { session: 'NEWER' } }, digests }]);
  });
});
