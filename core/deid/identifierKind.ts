import { vr } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { isClassUid } from './decideElement.ts';
import type { ProfileRule } from './profileRules.ts';

/**
 * In what way the value of an element identifies a person. `retained`: the policy keeps an institution, so that the
 * same words in an address tell nothing new.
 */
export type IdentifierKind = 'name' | 'id' | 'address' | 'institution' | 'birthDate' | 'date' | 'uid' | 'retained';

/** Ids and numbers of the patient, the request and the visit; person names are found by VR. */
const idTags = new Set([
  0x00080050, 0x00100020, 0x00101000, 0x00101001, 0x00101080, 0x00101081, 0x00101090, 0x00102154, 0x00102155,
  0x00102299, 0x00380010, 0x00380060, 0x00380300, 0x00380400, 0x00400253, 0x00401001, 0x00401006, 0x00401007,
  0x00401103, 0x00402006, 0x00402007, 0x00402016, 0x00402017,
]);
const addressTags = new Set([0x00080081, 0x00080092, 0x00101040, 0x00401102]);
const institutionTags = new Set([0x00080080, 0x00080081, 0x00080094, 0x00081040]);
const birthDate = 0x00100030;

/** Undefined for an element that identifies nobody, or whose UIDs or dates the policy retains. */
export function identifierKind(
  element: { tag: number; vr: number },
  by: { policy: ProjectPolicy; rules: ReadonlyMap<number, ProfileRule> },
): IdentifierKind | undefined {
  const { tag, vr: code } = element;
  const { deid } = by.policy;
  const rule = by.rules.get(tag);
  if (code === vr.PN) return 'name';
  if (rule?.nestedAction === 'K') return institutionTags.has(tag) ? 'retained' : undefined;
  if (code === vr.UI) return isClassUid(tag) || (deid.retainUids && rule === undefined) ? undefined : 'uid';
  if (code === vr.DA || code === vr.DT) return kindOfDate(tag, deid);
  return kindOfText(tag);
}

function kindOfDate(tag: number, { dates }: ProjectPolicy['deid']): IdentifierKind | undefined {
  if (tag === birthDate) return 'birthDate';
  return dates === 'retain' ? undefined : 'date';
}

function kindOfText(tag: number): IdentifierKind | undefined {
  if (idTags.has(tag)) return 'id';
  if (addressTags.has(tag)) return 'address';
  return institutionTags.has(tag) ? 'institution' : undefined;
}
