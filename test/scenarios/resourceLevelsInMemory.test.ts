import { beforeEach, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { leasesOf } from '../../core/delivery/turns/leases.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import type { ResourceLevel } from '../../core/policy/ResourceRule.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { resourcesAt } from '../fakes/memoryArchive.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import type { LocalFile } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

const policyOf = (level: ResourceLevel, rule: object = {}, more: object = {}) =>
  ProjectPolicy.parse({
    ...demoPolicy,
    resources: [{ label: 'EXTRA', level, endings: ['.txt', '.json'], disposition: 'accept', ...rule }],
    ...more,
  });

/** Of one series and in its folder, named after a person. */
const note = (text: string, path = '1/DOE JANE.txt'): LocalFile => ({ path, bytes: Buffer.from(text) });
const levels = ['scan', 'session', 'subject', 'project'] as const;
const holders = {
  scan: '/data/experiments/XNAT_E00001/scans/1',
  session: '/data/experiments/XNAT_E00001',
  subject: '/data/projects/DEMO/subjects/SUBJ',
  project: '/data/projects/DEMO',
};

let ports: ReturnType<typeof memoryPorts>;
const open = (policy: ProjectPolicy) => {
  ports = memoryPorts(policy);
};
const labels = { subject: 'SUBJ', session: 'SESS' };
const storedAt = (holder: string) => resourcesAt(ports.archive, holder)?.get('EXTRA');
const textsAt = (holder: string) => [...(storedAt(holder)?.values() ?? [])].map((bytes) => String(Buffer.from(bytes)));
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;

async function withdraw(id: string): Promise<void> {
  const submission = await ports.ledger.get(id);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'other', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
  await removeSubmission(ports)({ submission: id, attempt });
}

describe.each(levels)('a file that is no DICOM, at level %s', (level) => {
  const holder = holders[level];
  beforeEach(() => open(policyOf(level)));

  test('lies there as it came, under no name of the site, and the receipt tells where', async () => {
    const input = await readyToPush(ports, { files: [slice(1), note('one')], ...labels });
    await deliver(ports, input);
    const [name = ''] = storedAt(holder)?.keys() ?? [];
    expect(name).toMatch(
      level === 'subject' || level === 'project' ? /^SESS\/[0-9a-f]{16}\.txt$/ : /^[0-9a-f]{16}\.txt$/,
    );
    expect(textsAt(holder)).toEqual(['one']);
    const { files, sessions } = await receiptOf(input);
    const [dicom, other] = files;
    expect(other?.archived).toMatchObject({
      ...{ uri: `${holder}/resources/EXTRA/files/${name}`, resource: { level, label: 'EXTRA' } },
    });
    expect(dicom?.archived?.resource).toBeUndefined();
    expect(sessions).toMatchObject([{ session: 'SESS', made: { session: true, scans: ['1'] } }]);
  });

  test.each([
    { why: 'lost', spoil: (files: Map<string, Uint8Array> | undefined) => files?.clear() },
    {
      why: 'altered',
      spoil: (files: Map<string, Uint8Array> | undefined) => {
        for (const name of files?.keys() ?? []) files?.set(name, Buffer.from('other'));
      },
    },
  ])('is sent once more when it is $why before it was confirmed', async ({ spoil }) => {
    const input = await readyToPush(ports, { files: [slice(1), note('one')], ...labels });
    await pushAll(ports, input);
    spoil(storedAt(holder));
    await confirmArchive(ports)(input);
    expect(textsAt(holder)).toEqual(['one']);
  });

  test('neither replaces nor repeats what an earlier submission put there, and is withdrawn alone', async () => {
    const first = await readyToPush(ports, { files: [slice(1), note('one'), note('both', '1/b.txt')], ...labels });
    await deliver(ports, first);
    const more = [slice(1), note('two'), note('both', '1/b.txt')];
    const second = await readyToPush(ports, { files: more, number: 2, onConflict: 'append', ...labels });
    await deliver(ports, second);
    expect(textsAt(holder).sort()).toEqual(['both', 'one', 'two']);
    expect((await receiptOf(second)).files.map(({ archived }) => archived?.stood)).toEqual([true, undefined, true]);
    await withdraw(second.submission);
    expect(textsAt(holder).sort()).toEqual(['both', 'one']);
    await withdraw(first.submission);
    expect(textsAt(holder)).toEqual([]);
    expect(ports.archive.sessions.size).toBe(0);
  });

  test('is withdrawn from a delivery that broke off', async () => {
    const input = await readyToPush(ports, { files: [slice(1), note('one')], ...labels });
    await pushAll(ports, input);
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    await withdraw(input.submission);
    expect(textsAt(holder)).toEqual([]);
    expect(ports.archive.sessions.size).toBe(0);
  });

  test('follows its session by the prearchive', async () => {
    open(policyOf(level, {}, { delivery: { route: 'prearchive', commit: true } }));
    const input = await readyToPush(ports, { files: [slice(1), note('one')], ...labels });
    await pushAll(ports, input);
    expect(textsAt(holder)).toEqual([]);
    await confirmArchive(ports)(input);
    expect(textsAt(holder)).toEqual(['one']);
    await deliver(ports, input);
    expect((await receiptOf(input)).totals).toMatchObject({ archived: 2, held: 0 });
    await withdraw(input.submission);
    expect(textsAt(holder)).toEqual([]);
    expect(ports.archive.sessions.size).toBe(0);
  });
});

describe.each(['subject', 'project'] as const)('a resource that several sessions share, at level %s', (level) => {
  const holder = holders[level];
  const sendBoth = async () => {
    open(policyOf(level));
    const first = await readyToPush(ports, { files: [slice(1), note('same')], ...labels });
    const files = [slice(1, { seed: 'another study' }), note('same')];
    const second = await readyToPush(ports, { files, number: 2, subject: 'SUBJ', session: 'OTHER' });
    return { first, second };
  };

  test('keeps a file of each, and a withdrawal takes one of them', async () => {
    const { first, second } = await sendBoth();
    await deliver(ports, first);
    await deliver(ports, second);
    const folders = () => [...(storedAt(holder)?.keys() ?? [])].map((name) => name.split('/')[0]);
    expect(folders()).toEqual(['SESS', 'OTHER']);
    await withdraw(first.submission);
    expect(folders()).toEqual(['OTHER']);
    expect([...ports.archive.sessions.keys()]).toEqual(['DEMO/OTHER']);
  });

  test('is left alone but for the folder of the session', async () => {
    const { first } = await sendBoth();
    await pushAll(ports, first);
    storedAt(holder)?.set('foreign.txt', Buffer.from('foreign'));
    storedAt(holder)?.set('SESS2/foreign.txt', Buffer.from('foreign'));
    await deliver(ports, first);
    storedAt(holder)?.set('SESS/foreign.txt', Buffer.from('foreign'));
    await withdraw(first.submission);
    expect([...(storedAt(holder)?.keys() ?? [])]).toEqual(['foreign.txt', 'SESS2/foreign.txt', 'SESS/foreign.txt']);
  });

  test('takes files into a folder that holds some of others', async () => {
    const { first } = await sendBoth();
    ports.archive.shared.set(holder, new Map([['EXTRA', new Map([['SESS/foreign.txt', Buffer.from('foreign')]])]]));
    await deliver(ports, first);
    expect(textsAt(holder).sort()).toEqual(['foreign', 'same']);
  });

  test('is written by one at a time', async () => {
    const { first, second } = await sendBoth();
    const name = level === 'subject' ? 'resource/DEMO/SUBJ/EXTRA' : 'resource/DEMO/EXTRA';
    const lease = await leasesOf(ports).acquire({ name, holder: first.submission, ttlSeconds: 60 });
    await expect(pushAll(ports, second)).rejects.toMatchObject({ name: 'XnatBusy' });
    expect(textsAt(holder)).toEqual([]);
    if (lease !== undefined) await leasesOf(ports).release(lease);
    await deliver(ports, second);
    expect(textsAt(holder)).toEqual(['same']);
  });
});

describe('the scan of a file', () => {
  const two = [slice(1), slice(1, { series: 2 })];
  const sent = async (files: readonly LocalFile[], rule: object = {}) => {
    open(policyOf('scan', rule));
    const input = await readyToPush(ports, { files, ...labels });
    await deliver(ports, input);
    return (await receiptOf(input)).files.slice(2).map(({ archived, code }) => code ?? archived?.uri.split('/')[5]);
  };

  test.each([
    { why: 'of its folder', paths: ['1/a.txt', '2/b.txt'], rule: {}, scans: ['1', '2'] },
    {
      why: 'of no folder above',
      paths: ['a.txt', '1/x/a.txt'],
      rule: {},
      scans: ['ResourceUnplaced', 'ResourceUnplaced'],
    },
    { why: 'of the number in its path', paths: ['x/scan-2_a.txt'], rule: { seriesAfter: 'scan-' }, scans: ['2'] },
    {
      why: 'of its folder nor of a number, where the rule asks for a number',
      ...{ paths: ['1/scan-7.txt', '1/a.txt'], rule: { seriesAfter: 'scan-' } },
      scans: ['ResourceUnplaced', 'ResourceUnplaced'],
    },
    {
      why: 'not of a number that no scan has, or of no number',
      ...{ paths: ['scan-7.txt', '1/a.txt'], rule: { seriesAfter: 'scan-' } },
      scans: ['ResourceUnplaced', 'ResourceUnplaced'],
    },
  ])('is the one $why', async ({ paths, rule, scans }) => {
    expect(await sent([...two, ...paths.map((path) => note(path, path))], rule)).toEqual(scans);
  });

  test('is not guessed where two series lie in one folder', async () => {
    const flat = two.map((file, index) => ({ ...file, path: `all/${index}.dcm` }));
    expect(await sent([...flat, note('x', 'all/a.txt')])).toEqual(['ResourceUnplaced']);
  });

  test('is found in any of several sessions by its folder', async () => {
    open(policyOf('scan'));
    const other = { ...slice(1, { seed: 'another person' }), path: 'other/1.dcm' };
    const input = await readyToPush(ports, { files: [slice(1), other, note('one'), note('two', 'other/a.txt')] });
    await deliver(ports, input);
    expect((await receiptOf(input)).totals).toMatchObject({ archived: 4 });
    const texts = [...ports.archive.sessions.values()].flatMap(({ scans }) =>
      [...scans.values()].map(({ resources }) => [...(resources.get('EXTRA')?.values() ?? [])].map(String)),
    );
    expect(texts.flat()).toHaveLength(2);
    expect(texts.every((each) => each.length === 1)).toBe(true);
  });
});

describe('the session of a file, among several', () => {
  /** Two studies of one patient, and one of another. */
  const studies = [
    { ...slice(1), path: 'ann/one/dicom/1.dcm' },
    { ...slice(1, { seed: 'ann again' }), path: 'ann/two/dicom/1.dcm' },
    { ...slice(1, { seed: 'bob' }), path: 'bob/dicom/1.dcm' },
  ];
  /** The session of each file that is no DICOM, by the folder of its study. */
  const sent = async (level: ResourceLevel, paths: readonly string[], rule: object = {}) => {
    open(policyOf(level, rule));
    const input = await readyToPush(ports, { files: [...studies, ...paths.map((path) => note(path, path))] });
    await deliver(ports, input);
    const { files, sessions } = await receiptOf(input);
    const homes = files
      .slice(0, 3)
      .map(({ archived }) => sessions.find(({ uri }) => archived?.uri.startsWith(`${uri}/`)));
    const names = ['one', 'two', 'bob'];
    const nameOf = (uri = '') =>
      names[homes.findIndex((home) => uri.startsWith(`${home?.uri}/`) || uri.includes(`/files/${home?.session}/`))];
    return files.slice(3).map(({ code, archived }) => code ?? nameOf(archived?.uri));
  };

  test.each([
    { why: 'in its folder', paths: ['ann/one/dicom/a.txt', 'bob/dicom/a.txt'], found: ['one', 'bob'] },
    { why: 'beside its folder', paths: ['ann/two/nifti/a.txt', 'bob/a.txt'], found: ['two', 'bob'] },
    { why: 'of none of several', paths: ['ann/a.txt', 'a.txt', 'x/a.txt'], found: Array(3).fill('ResourceUnplaced') },
  ])('is the one $why', async ({ paths, found }) => {
    expect(await sent('session', paths)).toEqual(found);
  });

  test('tells the scan of a number', async () => {
    const paths = ['ann/two/scan-1.txt', 'ann/scan-1.txt', 'bob/scan-1.txt'];
    expect(await sent('scan', paths, { seriesAfter: 'scan-' })).toEqual(['two', 'ResourceUnplaced', 'bob']);
  });

  test('tells the subject', async () => {
    expect(await sent('subject', ['bob/a.txt', 'a.txt'])).toEqual(['bob', 'ResourceUnplaced']);
  });

  test.each(levels)('is not another one, at level %s, when the DICOM beside it is refused', async (level) => {
    open(policyOf(level));
    const broken = { path: 'bob/1.dcm', bytes: slice(1, { seed: 'bob' }).bytes.slice(0, 300) };
    const input = await readyToPush(ports, { files: [slice(1), broken, note('of bob', 'bob/notes.txt')] });
    await deliver(ports, input);
    const { files } = await receiptOf(input);
    expect(files.map(({ outcome }) => outcome)).toEqual(['archived', 'refused', 'held']);
    expect(files[2]?.code).toBe('ResourceUnplaced');
  });

  test('tells the folder in a resource of the project', async () => {
    expect(await sent('project', ['ann/two/a.txt', 'bob/a.txt'])).toEqual(['two', 'bob']);
  });

  test('does not matter for the project', async () => {
    expect(await sent('project', ['a.txt'])).toHaveLength(1);
    expect(textsAt(holders.project)).toEqual(['a.txt']);
  });
});
