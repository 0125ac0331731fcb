import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { findingCatalogue, severityOf } from '../codes/findingCatalogue.ts';
import type { PlannedResource } from '../contracts/PlannedResource.ts';
import type { Finding } from '../contracts/steps.ts';
import type { ReviewedFact } from './reviewFiles.ts';

interface Examined<Of> {
  fact: Of;
  findings: Finding[];
}

/**
 * What becomes of a file that is no DICOM, and that a rule of the project takes: by a person's leave, or by the project's
 * own word. Any other file is left as it was examined.
 */
export function takeOtherFile<Of extends ReviewedFact>(
  examined: Examined<Of>,
  resource: PlannedResource | undefined,
  policy: ProjectPolicy,
): Examined<Of> {
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
