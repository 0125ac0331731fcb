import '../fakes/quietLog.ts';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { xnatRemoval } from '../../lambdas/adapters/xnatRemoval.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import type { StepPorts } from '../fixtures/memoryPorts.ts';
import { account, namesAt, prearchiveRows, readyForPrearchive } from '../fixtures/prearchivedStudy.ts';
import { pushAll } from '../fixtures/runDelivery.ts';
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
const stateOf = async ({ ledger }: StepPorts, { submission }: StepInput) => (await ledger.get(submission))?.state;

describe('what went by the prearchive, taken back,', () => {
  const removalAfter = (beforeRemoval: () => Promise<unknown>) => {
    const remover = xnatRemoval({ url: xnat.url, ...account, username: 'admin', password: 'admin-password' });
    return { ...remover, remove: (address: string) => beforeRemoval().then(() => remover.remove(address)) };
  };
  /** What the API does when an operator asks for it. */
  const asked = async (ports: StepPorts, id: string) => {
    const submission = await ports.ledger.get(id);
    if (submission === undefined) throw new Error('There is no submission');
    const actor = { kind: 'user', id: 'operator-1' } as const;
    const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'consent', actor } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
    return { submission: id, attempt };
  };
  const certificateOf = async ({ audit }: StepPorts, { submission }: StepInput) =>
    (await readDocument(audit, auditKeys.certificate(submission), SignedCertificate)).certificate;
  const withdraw = async (ports: StepPorts, input: StepInput, beforeRemoval = async () => {}) => {
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    await removeSubmission({ ...ports, removal: removalAfter(beforeRemoval) })(await asked(ports, input.submission));
    return certificateOf(ports, input);
  };
  const expectNowhere = async (session: string) => {
    expect(await rowsOf(session)).toEqual([]);
    const path = `/data/projects/DEMO/experiments/${session}?format=json`;
    expect((await askXnat(xnat, { path })).status).toBe(404);
  };
  /** What a curator does who moves a session to another subject. */
  const give = async (session: string, subject: string) => {
    const path = `/data/projects/DEMO/subjects/${subject}`;
    const moved = `${path}/experiments/${session}?xsiType=xnat:ctSessionData`;
    for (const put of [path, moved])
      expect((await askXnat(xnat, { method: 'PUT', path: put })).status).toBeLessThan(300);
  };
  /** Waiting for its curator, as Confirm left it. */
  const waiting = async () => {
    const given = await readied(false);
    await pushAll(given.ports, given.input);
    await expect(confirmArchive(given.ports)(given.input)).rejects.toEqual(refusal('XnatUncommitted'));
    const [row] = await rowsOf(given.session);
    const curate = () => askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    return { ...given, curate };
  };

  test('while its curator is waited for, leaves nothing, and the attempt that waited ends', async () => {
    const { ports, input, session } = await waiting();
    const attempt = await asked(ports, input.submission);
    await removeSubmission({ ...ports, removal: removalAfter(async () => {}) })(attempt);
    expect((await certificateOf(ports, input)).archive[0]?.files).toHaveLength(3);
    expect(await stateOf(ports, input)).toBe('withdrawn');
    await expectNowhere(session);
    await expect(confirmArchive(ports)(input)).rejects.toEqual(refusal('StateConflict'));
  });

  test.each([
    { why: 'before it is looked for', isLate: false },
    { why: 'between the look and the removal, which XNAT then passes over with 200', isLate: true },
  ])('waits while XNAT archives it, begun $why, and then takes it out of the archive', async ({ isLate }) => {
    const { ports, input, session, curate } = await waiting();
    const attempt = await asked(ports, input.submission);
    xnat.faults.set({ archiveMs: 1000 });
    let curated: Promise<unknown> | undefined;
    const begin = async () => {
      curated ??= curate();
      await expect.poll(() => rowsOf(session).then(([row]) => row?.status)).toBe('ARCHIVING');
    };
    if (!isLate) await begin();
    const steps = { ...ports, removal: removalAfter(isLate ? begin : async () => {}) };
    await expect(removeSubmission(steps)(attempt)).rejects.toEqual(refusal('XnatBusy'));
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
    await curated;
    expect(await namesIn(`/data/projects/DEMO/experiments/${session}/scans/ALL/files`)).toHaveLength(3);
    await removeSubmission({ ...ports, removal: removalAfter(async () => {}) })(attempt);
    await expectNowhere(session);
    const { archive } = await certificateOf(ports, input);
    const inArchive = archive.filter(({ uri }) => uri.startsWith('/data/experiments/'));
    expect(inArchive.flatMap(({ files }) => files)).toHaveLength(3);
  });

  test('leaves nothing in the prearchive', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const [row] = await rowsOf(session);
    const { archive } = await withdraw(ports, input);
    expect(archive).toMatchObject([{ session, uri: `/data${row?.url}`, sessionRemoved: true }]);
    expect(archive[0]?.files).toHaveLength(3);
    expect(await rowsOf(session)).toEqual([]);
  });

  test('leaves nothing in the archive either, when a curator has brought it in', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const [row] = await rowsOf(session);
    await askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    const { archive } = await withdraw(ports, input);
    expect(archive.flatMap(({ files }) => files)).toHaveLength(3);
    expect((await askXnat(xnat, { path: `/data/projects/DEMO/experiments/${session}?format=json` })).status).toBe(404);
  });

  test('leaves nothing in the archive, when a curator brings it in at that very moment', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const [row] = await rowsOf(session);
    const archive = async () => {
      await askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    };
    await withdraw(ports, input, archive);
    expect(await rowsOf(session)).toEqual([]);
    expect((await askXnat(xnat, { path: `/data/projects/DEMO/experiments/${session}?format=json` })).status).toBe(404);
  });

  test('is not certified when its curator has archived it under a label of his own', async () => {
    const { ports, input, session } = await waiting();
    const [row] = await rowsOf(session);
    await askXnat(xnat, { method: 'POST', path: `/data/services/archive?src=${row?.url}` });
    const byHand = `/data/projects/DEMO/experiments/${session}?label=${session}_BY_HAND`;
    expect((await askXnat(xnat, { method: 'PUT', path: byHand })).status).toBe(200);
    const attempt = await asked(ports, input.submission);
    const steps = { ...ports, removal: removalAfter(async () => {}) };
    const withdrawing = removeSubmission(steps)(attempt);
    await expect(withdrawing).rejects.toEqual(refusal('RemovalIncomplete'));
    await expect(withdrawing).rejects.toThrow(/stands in XNAT_E\d+ by now/);
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
    // a person gives it its own label again
    const back = `/data/projects/DEMO/experiments/${session}_BY_HAND?label=${session}`;
    await askXnat(xnat, { method: 'PUT', path: back });
    await removeSubmission(steps)(attempt);
    await expectNowhere(session);
  });

  test('is not certified when its curator has archived it for another subject, under the label that it had', async () => {
    const { ports, input, session, curate } = await waiting();
    await curate();
    await give(session, `RIGHT${session}`);
    await expect(confirmArchive(ports)(input)).rejects.toThrow();
    const attempt = await asked(ports, input.submission);
    const withdrawing = removeSubmission({ ...ports, removal: removalAfter(async () => {}) })(attempt);
    await expect(withdrawing).rejects.toEqual(refusal('RemovalIncomplete'));
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
    expect(await namesIn(`/data/projects/DEMO/experiments/${session}/scans/ALL/files`)).toHaveLength(3);
  });

  test('leaves a session alone that others have put files into, and certifies nothing', async () => {
    const { ports, input, session } = await readied(false);
    await pushAll(ports, input);
    const archive = ports.archive;
    const listPrearchived: typeof archive.listPrearchived = async (target) =>
      (await archive.listPrearchived(target)).map((each) => ({
        ...each,
        scans: [...each.scans, { scan: '9', names: ['x.dcm'] }],
      }));
    const crowded = { ...ports, archive: { ...archive, listPrearchived } };
    await expect(withdraw(crowded, input)).rejects.toEqual(refusal('RemovalIncomplete'));
    expect(await rowsOf(session)).toHaveLength(1);
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
  });
});
