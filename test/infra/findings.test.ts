import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { acknowledgedFindings } from '../../infra/acknowledgedFindings.ts';
import { newApp } from './synthesized.ts';

const Report = z.object({
  pluginReports: z.array(z.object({ violations: z.array(z.object({ ruleName: z.string() })) })),
});

test('cdk-nag (AwsSolutions, HIPAA) finds exactly what is acknowledged with a reason', () => {
  const { app, stack, outdir, folder } = newApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
  // Nothing is acknowledged in this app, so every finding shows and ends the synthesis
  expect(() => app.synth()).toThrow('AwsSolutions');

  const { pluginReports } = Report.parse(JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')));
  rmSync(folder, { recursive: true });
  const found = pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  expect([...new Set(found)].sort()).toEqual(Object.keys(acknowledgedFindings(stack)).sort());
});
