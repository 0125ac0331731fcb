import { beforeEach, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys, quarantineKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { archiveAccepted, readAll, runPipeline, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

const nifti = { label: 'NIFTI', endings: ['.nii.gz', '.nii', '.json', '.bval'], format: 'NIFTI', content: 'RAW' };
const policyOf = (disposition: 'hold' | 'accept', more: object = {}) =>
  ProjectPolicy.parse({ ...demoPolicy, resources: [{ ...nifti, disposition }], ...more });

/** As a site has them; the names tell a person. */
const image = { path: 'Doe^Jane/DOE_JANE_dwi.nii.gz', bytes: Buffer.from('\x1f\x8bnot examined') };
const sidecar = { path: 'Doe^Jane/DOE_JANE_dwi.json', bytes: Buffer.from('{"PatientName":"Doe"}') };
const gradients = { path: 'Doe^Jane/DOE_JANE_dwi.bval', bytes: Buffer.from('0 1000') };
const study = [slice(1), image, sidecar, gradients];

let ports: ReturnType<typeof memoryPorts>;
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;
const resourcesOf = () =>
  [...ports.archive.sessions.values()].flatMap(({ resources }) =>
    [...resources].filter(([label]) => label !== 'AIRLOCK').map(([label, files]) => [label, [...files]] as const),
  );

describe('files that are no DICOM', () => {
  beforeEach(() => {
    ports = memoryPorts(policyOf('accept'));
  });

  test('go into a resource of their session as they came, where the project vouches for them', async () => {
    const input = await readyToPush(ports, { files: study });
    await deliver(ports, input);
    // an image keeps its sidecars, and no name of the site goes along
    const [[label, stored] = ['', []], ...others] = resourcesOf();
    expect([label, others]).toEqual(['NIFTI', []]);
    const [[name = ''] = []] = stored;
    const stem = name.replace('.nii.gz', '');
    expect(stem).toMatch(/^[0-9a-f]{16}$/);
    expect(stored).toEqual([
      [`${stem}.nii.gz`, expect.objectContaining(image.bytes)],
      [`${stem}.json`, expect.anything()],
      [`${stem}.bval`, expect.anything()],
    ]);
    const { files, totals, sessions } = await receiptOf(input);
    expect(totals).toMatchObject({ archived: 4, held: 0, refused: 0 });
    expect(files.map(({ archived }) => archived?.uri)).toContain(
      `/data/experiments/XNAT_E00001/resources/NIFTI/files/${stem}.json`,
    );
    expect(sessions[0]?.made?.scans).toEqual(['1']);
  });

  test('wait for a person by default, and go on when that one releases them', async () => {
    ports = memoryPorts(policyOf('hold', { onHeldFile: 'hold' }));
    const input = await stage(ports, study);
    await runPipeline(ports, input);
    const held = await ports.ledger.get(input.submission);
    expect(held).toMatchObject({ state: 'held', reason: 'FilesHeld OtherFile' });
    expect(ports.archive.sessions.size).toBe(0);
    if (held === undefined) throw new Error('There is no submission');
    const released = { actor: { kind: 'user', id: 'operator-1' }, to: 'anonymizing' } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, held, released);
    await archiveAccepted(ports, { ...input, attempt });
    expect((await receiptOf(input)).totals).toMatchObject({ archived: 4, held: 0 });
    expect(resourcesOf()).toHaveLength(1);
  });

  test('are held one by one where a hold does not stop the rest', async () => {
    ports = memoryPorts(policyOf('hold'));
    const input = await stage(ports, study);
    await runPipeline(ports, input);
    const { files, totals } = await receiptOf(input);
    expect(totals).toMatchObject({ archived: 1, held: 3 });
    expect(files.map(({ code }) => code)).toEqual([undefined, 'OtherFile', 'OtherFile', 'OtherFile']);
    expect(await readAll(ports.quarantine, quarantineKeys.file(input.submission, 2))).toEqual(
      new Uint8Array(sidecar.bytes),
    );
    expect(resourcesOf()).toEqual([]);
  });

  test.each([
    {
      why: 'no rule names their ending',
      files: [slice(1), { ...image, path: 'a.exe' }],
      code: 'NotDicom',
      outcome: 'refused',
    },
    {
      why: 'they are empty',
      files: [slice(1), { ...image, bytes: new Uint8Array() }],
      code: 'NotDicom',
      outcome: 'refused',
    },
    {
      why: 'there are two sessions',
      files: [slice(1), image, { ...slice(1, { seed: 'another person' }), path: 'other.dcm' }],
      ...{ code: 'ResourceUnplaced', outcome: 'held' },
    },
  ])('are not archived when $why', async ({ files, code, outcome }) => {
    const input = await stage(ports, files);
    await runPipeline(ports, input);
    expect((await receiptOf(input)).files[1]).toMatchObject({ outcome, code });
    expect(resourcesOf()).toEqual([]);
  });

  test('are DICOM when their bytes are, whatever they are called', async () => {
    const input = await readyToPush(ports, { files: [{ ...slice(1), path: 'really.nii' }] });
    await deliver(ports, input);
    expect((await receiptOf(input)).files[0]?.archived?.uri).toMatch(/\/scans\/1\/.*\.dcm$/);
  });

  test('are removed by a withdrawal with all that came with them', async () => {
    const input = await readyToPush(ports, { files: study });
    await deliver(ports, input);
    const submission = await ports.ledger.get(input.submission);
    if (submission === undefined) throw new Error('There is no submission');
    const actor = { kind: 'user', id: 'operator-1' } as const;
    const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'other', actor } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
    await removeSubmission(ports)({ submission: input.submission, attempt });
    expect(ports.archive.sessions.size).toBe(0);
  });
});

test('a resource may not be called as one that Airlock makes itself', () => {
  for (const label of ['DICOM', 'AIRLOCK', 'a/b']) {
    expect(ProjectPolicy.safeParse({ ...demoPolicy, resources: [{ ...nifti, label }] }).success).toBe(false);
  }
});
