import { type FindingCode, findingCatalogue, severityOf } from '../submission/codes/findingCatalogue.ts';
import type { ProjectPolicy } from './ProjectPolicy.ts';

/** Severity and disposition of a finding under a policy: what the project has re-classed is as severe as it says. */
export function gradeOf(code: FindingCode, { findings }: ProjectPolicy) {
  const { severity, disposition } = findingCatalogue[code];
  const asked = findings[code] ?? disposition;
  return { severity: asked === disposition ? severity : severityOf[asked], disposition: asked };
}
