import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { findingCatalogue, severityOf } from './findingCatalogue.ts';
import type { PlannedResource } from './PlannedResource.ts';
import type { Fact, Finding } from './steps.ts';

interface Examined {
  fact: Fact;
  findings: Finding[];
}

/**
 * What becomes of a file that is no DICOM, and that a rule of the project takes: by a person's leave, or by the project's
 * own word. Any other file is left as it was examined.
 */
export function takeOtherFile(
  examined: Examined,
  resource: PlannedResource | undefined,
  policy: ProjectPolicy,
): Examined {
  const { fact, findings } = examined;
  const rule = resource && policy.resources[resource.rule];
  const isOther = fact.dicom === undefined && findings.every(({ code }) => code === 'NotDicom');
  if (rule === undefined || !isOther || fact.sizeBytes === 0) return examined;
  const { disposition } = rule;
  const { meaning: message } = findingCatalogue.OtherFile;
  return {
    fact: { ...fact, disposition, resource },
    findings: [{ code: 'OtherFile', file: fact.file, severity: severityOf[disposition], disposition, message }],
  };
}
