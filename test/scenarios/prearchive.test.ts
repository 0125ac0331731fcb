import '../fakes/quietLog.ts';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { ArchiveFinding, type StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines } from '../../core/submission/storage/documents.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { reconcileSubmissions } from '../../lambdas/events/reconcileSubmissions.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryPorts, type StepPorts } from '../fixtures/memoryPorts.ts';
import {
  account,
  namesAt,
  prearchivePolicy,
  prearchiveRows,
  readyForPrearchive,
} from '../fixtures/prearchivedStudy.ts';
import { deliver, pushAll, slice } from '../fixtures/runDelivery.ts';
import { stage } from '../fixtures/runPipeline.ts';
import { runWorkflow } from '../fixtures/runWorkflow.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => xnat.close());

const readied = (commit: boolean) => readyForPrearchive(xnat, commit);
const rowsOf = (session: string) => prearchiveRows(xnat, session);
const namesIn = (path: string) => namesAt(xnat, path);
const refusal = (name: string) => expect.objectContaining({ name });
const receiptOf = async ({ audit }: StepPorts, { submission }: StepInput) =>
  (await readDocument(audit, auditKeys.receipt(submission), SignedReceipt)).receipt;
const stateOf = async ({ ledger }: StepPorts, { submission }: StepInput) => (await ledger.get(submission))?.state;

/** Reads each file of a receipt from XNAT, and tells whether it is what the receipt says. */
async function expectReadBack(ports: StepPorts, input: StepInput, files: number) {
  const receipt = await receiptOf(ports, input);
  expect(receipt.totals).toMatchObject({ archived: files, held: 0 });
  for (const { archived } of receipt.files) {
    expect(archived?.reencoded).toBe(true);
    const stored = await ports.archive.digestFile(archived?.uri ?? '');
    expect(stored).toMatchObject({ sizeBytes: archived?.sizeBytes, md5: archived?.md5 });
  }
}

describe('a project whose policy goes by the prearchive', () => {
  test('has its session committed and read back, where the policy commits', async () => {
    const { ports, input, session } = await readied(true);
    await deliver(ports, input);
    expect(await stateOf(ports, input)).toBe('archived');
    expect(await rowsOf(session)).toEqual([]);
    await expectReadBack(ports, input, 3);
    expect(await namesIn(`/data/projects/DEMO/experiments/${session}/scans/ALL/files`)).toHaveLength(3);
    // and again, as a step that died would
    await confirmArchive(ports)(input).catch(() => undefined);
    expect(await rowsOf(session)).toEqual([]);
  });

  test('waits for its curator and says archived only after he did it', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    for (let look = 0; look < 2; look += 1) {
      await expect(confirmArchive(ports)(input)).rejects.toEqual(refusal('XnatUncommitted'));
      expect(await stateOf(ports, input)).toBe('confirming');
    }
    const told = (await ports.ledger.events(input.submission)).filter(({ type }) => type === 'delivery.prearchived');
    expect(told.map(({ counts }) => counts)).toEqual([{ sessions: 1, files: 3 }]);
    const [row] = await rowsOf(session);
    await askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    await confirmArchive(ports)(input);
    await sealReceipt(ports)(input);
    expect(await stateOf(ports, input)).toBe('archived');
    await expectReadBack(ports, input, 3);
  });

  test('goes through the workflow as it is, whose Confirm looks for the curator again and again', async () => {
    const ports: StepPorts = {
      ...memoryPorts(prearchivePolicy(false)),
      archive: xnatArchive({ url: xnat.url, ...account }),
    };
    const executions = runWorkflow(ports, { timeScale: 1e-4 });
    const { submission } = await stage(ports, [slice(1, { seed: 'workflow' })], { session: 'PRE_FLOW' });
    await reconcileSubmissions({ ...ports, executions })();
    const looks = () => xnat.faults.seen();
    await expect.poll(() => rowsOf('PRE_FLOW'), { timeout: 10_000 }).toHaveLength(1);
    const before = looks();
    await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(before + 20);
    expect(await ports.ledger.get(submission)).toMatchObject({ state: 'confirming', attempt: 1 });
    const [row] = await rowsOf('PRE_FLOW');
    await askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    await executions.settled();
    expect(await ports.ledger.get(submission)).toMatchObject({ state: 'archived', attempt: 1 });
  });

  test('sends nothing twice when a push is run again', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const rows = await rowsOf(session);
    await pushAll(ports, input);
    // a row tells when something came in last
    expect(await rowsOf(session)).toEqual(rows);
    const [row] = rows;
    expect(await namesIn(`/data${row?.url}/scans/1/resources/DICOM/files`)).toHaveLength(2);
  });

  test.each([
    { why: 'is put elsewhere by XNAT', project: 'NONE', settings: {}, code: 'XnatRefused' },
    { why: 'is dropped by a series filter', project: 'DEMO', settings: { droppedModality: 'CT' }, code: 'XnatRefused' },
  ])('is told when its data $why', async ({ project, settings, code }) => {
    const { ports, input } = await readied(true);
    const archive = ports.archive;
    const importPack: typeof archive.importPack = (target, pack) =>
      archive.importPack({ ...target, xnatProject: project }, pack);
    xnat.faults.set(settings);
    await expect(pushAll({ ...ports, archive: { ...archive, importPack } }, input)).rejects.toEqual(refusal(code));
  });

  test('says what is lost when somebody takes the session out of the prearchive', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const [row] = await rowsOf(session);
    await askXnat(xnat, { method: 'DELETE', path: `/data${row?.url}` });
    await expect(confirmArchive(ports)(input)).rejects.toEqual(refusal('ArchiveMismatch'));
    expect(await stateOf(ports, input)).toBe('confirming');
  });

  test('is told when a script in XNAT gives its files other instances', async () => {
    const { ports, input, session } = await readied(true);
    xnat.faults.set({ changesInstances: true });
    await pushAll(ports, input);
    expect(await confirmArchive(ports)(input)).toEqual({ decision: 'hold' });
    expect(await stateOf(ports, input)).toBe('held');
    const found = workKeys.mismatches(input.submission, 1, 'd0001');
    expect((await readLines(ports.work, found, ArchiveFinding)).map(({ code }) => code)).toContain(
      'ArchiveFileAltered',
    );
    // XNAT's own reading of a stored file says the same
    const path = `/data/projects/DEMO/experiments/${session}/scans/1/resources/DICOM`;
    const { text } = await askXnat(xnat, { path: `${path}?format=xml` });
    const [, uid = ''] = /UID="([0-9.]+)"/.exec(text) ?? [];
    const [name] = await namesIn(`${path}/files`);
    expect((await askXnat(xnat, { path: `${path}/files/${name}` })).text).toContain(uid);
  });

  test('merges into nothing that stands', async () => {
    const { ports, input, session } = await readied(true);
    const path = `/data/projects/DEMO/subjects/OTHER/experiments/${session}?xsiType=xnat:ctSessionData`;
    await askXnat(xnat, { method: 'PUT', path });
    await expect(pushAll(ports, input)).rejects.toEqual(refusal('LabelTaken'));
    expect(await rowsOf(session)).toEqual([]);
  });

  test('tells a conflict that comes up in XNAT while it commits', async () => {
    const { ports, input, session } = await readied(true);
    await pushAll(ports, input);
    const path = `/data/projects/DEMO/subjects/OTHER/experiments/${session}?xsiType=xnat:ctSessionData`;
    await askXnat(xnat, { method: 'PUT', path });
    await expect(confirmArchive(ports)(input)).rejects.toEqual(refusal('XnatConflict'));
    expect((await rowsOf(session)).map(({ status }) => status)).toEqual(['CONFLICT']);
  });

  test.each([
    { commitAnswers301: false },
    { archiveMs: 300 },
    { crlfAnswers: false },
    { digests: false },
    { endSessions: 1 },
  ])('is archived whatever XNAT does: %o', async (settings) => {
    const { ports, input } = await readied(true);
    await pushAll(ports, input);
    xnat.faults.set(settings);
    await confirmArchive(ports)(input);
    await sealReceipt(ports)(input);
    await expectReadBack(ports, input, 3);
  });
});
