import { expect, test } from 'vitest';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { Finding } from '../../core/submission/contracts/steps.ts';
import { readLines } from '../../core/submission/storage/documents.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { runPipeline, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

const files = [1, 2].map((instance) => ({
  path: `${instance}`,
  bytes: synthesizeCtSlice({ seed: 'scenario', series: 1, instance, rows: 16, columns: 16 }),
}));

test.each([
  { subject: 'MRN-16164353' },
  { subject: 'MRN16164353' },
  { session: 'CT_Imaginovic' },
  { subject: 'S1', session: 'quillabeth_1' },
])('holds what would go by a label that names its patient: %o', async (labels) => {
  const ports = memoryPorts(demoPolicy);
  const input = await stage(ports, files, labels);
  await runPipeline(ports, input);
  expect(await ports.ledger.get(input.submission)).toMatchObject({
    state: 'held',
    reason: 'NothingToArchive LabelIdentifies',
  });
  const findings = await readLines(ports.work, workKeys.findings(input.submission, 'b00001'), Finding);
  expect(findings.filter(({ code }) => code === 'LabelIdentifies')).not.toEqual([]);
  expect(JSON.stringify(findings).toLowerCase()).not.toMatch(/imaginovic|16164353|quillabeth/);
});

test.each([{ delivery: { route: 'archive' } }, { delivery: { route: 'prearchive', commit: true } }])(
  'holds with them what comes beside them: $delivery.route',
  async ({ delivery }) => {
    const resources = [{ label: 'EXTRA', level: 'project', endings: ['.txt'], disposition: 'accept' }];
    const ports = memoryPorts(ProjectPolicy.parse({ ...demoPolicy, resources, delivery }));
    const note = { path: 'notes.txt', bytes: Buffer.from('of nobody') };
    const input = await stage(ports, [...files, note], { session: 'CT_Imaginovic' });
    await runPipeline(ports, input);
    expect(await ports.ledger.get(input.submission)).toMatchObject({
      state: 'held',
      reason: 'NothingToArchive LabelIdentifies',
    });
    expect([ports.archive.sessions.size, ports.archive.shared.size]).toEqual([0, 0]);
  },
);

test('holds with one file that a label names those that lack the name', async () => {
  const accession = 'ACC016164384';
  // ids of the request and of the procedure step end by the same digits
  const digits = '164384';
  const lacking = files.map(({ path, bytes }, index) => {
    const copy = Buffer.from(bytes);
    for (let at = copy.indexOf(digits); index > 0 && at >= 0; at = copy.indexOf(digits))
      copy.fill('X', at, at + digits.length);
    return { path, bytes: copy };
  });
  const ports = memoryPorts(demoPolicy);
  const input = await stage(ports, lacking, { session: `S_${accession}` });
  await runPipeline(ports, input);
  const findings = await readLines(ports.work, workKeys.findings(input.submission, 'b00001'), Finding);
  expect(findings.filter(({ code }) => code === 'LabelIdentifies').map(({ file }) => file)).toEqual([0]);
  expect(await ports.ledger.get(input.submission)).toMatchObject({
    state: 'held',
    reason: 'NothingToArchive LabelIdentifies',
  });
  expect(ports.archive.sessions.size).toBe(0);
});

test('keeps no label that names the patient of what it rejects', async () => {
  const ports = memoryPorts(ProjectPolicy.parse({ ...demoPolicy, findings: { LabelIdentifies: 'refuse' } }));
  const input = await stage(ports, files, { subject: 'MRN-16164353', session: 'V1' });
  await runPipeline(ports, input);
  const { state, subject, session } = (await ports.ledger.get(input.submission)) ?? {};
  expect({ state, subject, session }).toEqual({ state: 'rejected', subject: undefined, session: undefined });
});

test('archives under a label that names nobody', async () => {
  const ports = memoryPorts(demoPolicy);
  const input = await stage(ports, files, { subject: 'Subject_1', session: 'Visit_2' });
  await runPipeline(ports, input);
  expect((await ports.ledger.get(input.submission))?.state).toBe('archived');
});
