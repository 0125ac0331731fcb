import '../fakes/quietLog.ts';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { xnatRemoval } from '../../lambdas/adapters/xnatRemoval.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts, type StepPorts } from '../fixtures/memoryPorts.ts';
import { account, namesAt } from '../fixtures/prearchivedStudy.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
});
afterAll(() => xnat.close());

const admin = async (path: string) => expect((await askXnat(xnat, { method: 'PUT', path })).status).toBeLessThan(300);

/** All of it is in XNAT: archived, or by a delivery that broke off then. */
async function sentTo(level: 'subject' | 'project', number: number, isArchived = false) {
  const resources = [{ label: 'EXTRA', level, endings: ['.txt'], disposition: 'accept' }];
  const access = { url: xnat.url, ...account, username: 'admin', password: 'admin-password' };
  const memory = memoryPorts(ProjectPolicy.parse({ ...demoPolicy, resources }));
  const ports: StepPorts = { ...memory, archive: xnatArchive(access), removal: xnatRemoval(access) };
  const files = [slice(1, { seed: `shared ${number}` }), { path: '1/a.txt', bytes: Buffer.from('one') }];
  const labels = { subject: `QXA${number}`, session: `QZA${number}` };
  const input = await readyToPush(ports, { files, number, ...labels });
  if (isArchived) await deliver(ports, input);
  else await pushAll(ports, input);
  if (!isArchived) await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
  return { ports, id: input.submission, ...labels };
}

async function withdrawn({ ports, id }: Awaited<ReturnType<typeof sentTo>>) {
  const submission = await ports.ledger.get(id);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'consent', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
  await removeSubmission(ports)({ submission: id, attempt });
  return (await readDocument(ports.audit, auditKeys.certificate(id), SignedCertificate)).certificate.archive;
}

test.each([
  { level: 'subject', number: 70 },
  { level: 'project', number: 71 },
] as const)('a withdrawal finds the files at level $level of a subject that was renamed', async ({ level, number }) => {
  const sent = await sentTo(level, number);
  const renamed = `RENAMED${number}`;
  await admin(`/data/projects/DEMO/subjects/${sent.subject}?label=${renamed}`);
  // another one, with a file of its own, has the label since
  await admin(`/data/projects/DEMO/subjects/${sent.subject}`);
  const held = { subject: `/data/projects/DEMO/subjects/${renamed}/files`, project: '/data/projects/DEMO/files' }[
    level
  ];
  expect(await namesAt(xnat, held)).toHaveLength(1);
  const [removed] = await withdrawn(sent);
  expect(removed).toMatchObject({ sessionRemoved: true, subjectRemoved: true });
  // the label that a curator gave may name a person
  expect(JSON.stringify(removed)).not.toContain(renamed);
  expect(removed?.files).toHaveLength(2);
  const subjects = await askXnat(xnat, { path: '/data/projects/DEMO/subjects?format=json&columns=label' });
  expect(subjects.text).not.toContain(renamed);
  expect(subjects.text).toContain(sent.subject);
  if (level === 'project') expect(await namesAt(xnat, held)).toEqual([]);
});

test.each([
  { level: 'subject', number: 74 },
  { level: 'project', number: 75 },
] as const)(
  'no withdrawal is certified while files at level $level outlive their session',
  async ({ level, number }) => {
    const sent = await sentTo(level, number);
    const path = `/data/projects/DEMO/subjects/${sent.subject}/experiments/${sent.session}?removeFiles=true`;
    expect((await askXnat(xnat, { method: 'DELETE', path })).status).toBe(200);
    await expect(withdrawn(sent)).rejects.toMatchObject({ name: 'RemovalIncomplete' });
    const held = { subject: `/data/projects/DEMO/subjects/${sent.subject}`, project: '/data/projects/DEMO' }[level];
    for (const { URI } of JSON.parse((await askXnat(xnat, { path: `${held}/files?format=json` })).text).ResultSet
      .Result) {
      expect((await askXnat(xnat, { method: 'DELETE', path: URI })).status).toBe(200);
    }
    expect(await withdrawn(sent)).toEqual([]);
  },
);

test('a withdrawal leaves the subject that a session was moved to, and takes the files of the one it had', async () => {
  const sent = await sentTo('subject', 72);
  for (const path of ['', `/experiments/${sent.session}?xsiType=xnat:ctSessionData`]) {
    await admin(`/data/projects/DEMO/subjects/RIGHT${path}`);
  }
  const [removed] = await withdrawn(sent);
  expect(removed).toMatchObject({ sessionRemoved: true, subjectRemoved: false });
  expect(removed?.files).toHaveLength(2);
  const left = await askXnat(xnat, { path: '/data/projects/DEMO/subjects?format=json&columns=label' });
  expect([left.text.includes(sent.subject), left.text.includes('RIGHT')]).toEqual([false, true]);
});

test('a withdrawal of what is archived finds the files of a subject that was renamed', async () => {
  const sent = await sentTo('subject', 73, true);
  await admin(`/data/projects/DEMO/subjects/${sent.subject}?label=RENAMED73`);
  const held = '/data/projects/DEMO/subjects/RENAMED73/files';
  expect(await namesAt(xnat, held)).toHaveLength(1);
  const [removed] = await withdrawn(sent);
  expect(removed?.files).toHaveLength(2);
  expect(JSON.stringify(removed)).not.toContain('RENAMED73');
  expect(await namesAt(xnat, held)).toEqual([]);
});
