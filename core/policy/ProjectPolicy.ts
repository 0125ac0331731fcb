import * as z from 'zod';
import { type Disposition, type FindingCode, findingCatalogue } from '../submission/findingCatalogue.ts';
import { SiteId, XnatLabel } from '../submission/Submission.ts';
import { DeliveryPolicy } from './DeliveryPolicy.ts';

const codes = Object.keys(findingCatalogue);
const FindingName = z.string().refine((code) => codes.includes(code), { error: 'No such finding code' });

/** What one project accepts and how it is de-identified. Policies are files under `infra/projects`. */
export const ProjectPolicy = z.strictObject({
  project: XnatLabel,
  /** The project in XNAT, when it has another id there. */
  xnatProject: XnatLabel,
  sites: z.array(SiteId).min(1),
  /** What one refused file, or one held file, does to the rest of its submission. */
  onRefusedFile: z.enum(['continue', 'hold', 'reject']).default('continue'),
  onHeldFile: z.enum(['continue', 'hold']).default('continue'),
  /** Several patients or studies under one asked-for label. */
  onMixedSession: z.enum(['hold', 'reject']).default('hold'),
  /** Re-classes a finding for this project. */
  findings: z.partialRecord(FindingName, z.enum(['accept', 'hold', 'refuse'])).default({}),
  delivery: DeliveryPolicy.prefault({}),
  deid: z
    .strictObject({
      /** PS3.15 options on top of the Basic Profile. Modified dates shift all dates of a patient by one keyed offset. */
      dates: z.enum(['remove', 'shift', 'retain']).default('shift'),
      retainUids: z.boolean().default(false),
      retainPatientCharacteristics: z.boolean().default(false),
      retainDeviceIdentity: z.boolean().default(false),
      retainInstitutionIdentity: z.boolean().default(false),
      retainSafePrivate: z.boolean().default(false),
    })
    .prefault({}),
});
export type ProjectPolicy = z.infer<typeof ProjectPolicy>;

/** The disposition of a finding under a policy. */
export function dispositionOf(code: FindingCode, policy: ProjectPolicy): Disposition {
  return policy.findings[code] ?? findingCatalogue[code].disposition;
}
