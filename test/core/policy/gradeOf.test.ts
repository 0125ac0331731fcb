import { describe, expect, test } from 'vitest';
import { gradeOf } from '../../../core/policy/gradeOf.ts';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { policyWith } from '../../fixtures/deidContext.ts';

describe('a finding under a policy', () => {
  const policy = ProjectPolicy.parse({
    ...policyWith(),
    findings: { AttributeMissing: 'refuse', BurnedInRisk: 'accept', NotDicom: 'hold', ValueInvalid: 'accept' },
  });

  test.each([
    ['AttributeEmpty', 'warning', 'accept'],
    ['PreambleExecutable', 'info', 'accept'],
    ['DicomTruncated', 'error', 'refuse'],
    ['AttributeMissing', 'error', 'refuse'],
    ['BurnedInRisk', 'info', 'accept'],
    ['NotDicom', 'warning', 'hold'],
    ['ValueInvalid', 'warning', 'accept'],
  ] as const)('%s is of severity %s and does %s', (code, severity, disposition) => {
    expect(gradeOf(code, policy)).toEqual({ severity, disposition });
  });
});
