import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { profileEdition } from '../tables/profileRows.ts';

/** One de-identification method (PS3.16 CID 7050, scheme DCM). */
interface MethodCode {
  code: string;
  meaning: string;
}

const basicProfile: MethodCode = { code: '113100', meaning: 'Basic Application Confidentiality Profile' };

/**
 * The methods that a policy stands for, the Basic Profile first. Pixels are cleaned in some files only: their method is
 * left out where `arePixelsClean` is false.
 */
export function methodCodes(
  { deid }: ProjectPolicy,
  { arePixelsClean = deid.cleanPixels.length > 0 }: { arePixelsClean?: boolean } = {},
): MethodCode[] {
  const options: Array<[boolean, string, string]> = [
    [arePixelsClean, '113101', 'Clean Pixel Data Option'],
    [deid.cleanGraphics, '113103', 'Clean Graphics Option'],
    [deid.cleanStructuredContent, '113104', 'Clean Structured Content Option'],
    [deid.cleanDescriptors, '113105', 'Clean Descriptors Option'],
    [deid.dates === 'retain', '113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
    [deid.dates === 'shift', '113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
    [deid.retainPatientCharacteristics, '113108', 'Retain Patient Characteristics Option'],
    [deid.retainDeviceIdentity, '113109', 'Retain Device Identity Option'],
    [deid.retainUids, '113110', 'Retain UIDs Option'],
    [deid.retainSafePrivate, '113111', 'Retain Safe Private Option'],
    [deid.retainInstitutionIdentity, '113112', 'Retain Institution Identity Option'],
  ];
  const chosen = options.filter(([isChosen]) => isChosen).map(([, code, meaning]) => ({ code, meaning }));
  return [basicProfile, ...chosen];
}

/** Edition and profile as (0012,0063) and receipts name them; at most 64 characters. */
export const profileTitle = `PS3.15 ${profileEdition} Basic Application Level Confidentiality Profile`;

/** What a policy does to a file, in one line: the profile, its edition and the options by code. */
export function profileName(policy: ProjectPolicy): string {
  const [, ...options] = methodCodes(policy);
  return [profileTitle, ...options.map(({ code, meaning }) => `${code} ${meaning}`)].join(' + ');
}
