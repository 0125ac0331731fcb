import { expect, test } from 'vitest';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { readLines } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import { Finding } from '../../core/submission/steps.ts';
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
  expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'held', reason: 'NothingToArchive' });
  const findings = await readLines(ports.work, workKeys.findings(input.submission, 'b00001'), Finding);
  expect(findings.filter(({ code }) => code === 'LabelIdentifies')).not.toEqual([]);
  expect(JSON.stringify(findings).toLowerCase()).not.toMatch(/imaginovic|16164353|quillabeth/);
});

test('archives under a label that names nobody', async () => {
  const ports = memoryPorts(demoPolicy);
  const input = await stage(ports, files, { subject: 'Subject_1', session: 'Visit_2' });
  await runPipeline(ports, input);
  expect((await ports.ledger.get(input.submission))?.state).toBe('archived');
});
