import { vr } from '../../dicom/vr.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { isClassUid } from '../rules/decideElement.ts';
import type { ProfileRule } from '../rules/profileRules.ts';

/**
 * In what way the value of an element identifies a person. `retained`: the policy keeps an institution, so that the
 * same words in an address tell nothing new.
 */
export type IdentifierKind =
  | 'name'
  | 'id'
  | 'home'
  | 'address'
  | 'institution'
  | 'birthDate'
  | 'date'
  | 'uid'
  | 'retained';

/**
 * Ids and numbers of the patient and the insurance, the request, the visit and the specimen, and days of other
 * calendars; person names are found by VR.
 */
const idTags = [
  0x00080050, 0x00080094, 0x00100033, 0x00100034, 0x00100035, 0x00120040, 0x00120042, 0x00200010, 0x00400009,
  0x00400512, 0x00400551, 0x00100020, 0x00101000, 0x00101001, 0x00101050, 0x00101080, 0x00101081, 0x00101090,
  0x00102154, 0x00102155, 0x00102299, 0x00380010, 0x00380060, 0x00380300, 0x00380400, 0x00400253, 0x00401001,
  0x00401006, 0x00401007, 0x00401103, 0x00401104, 0x00402006, 0x00402007, 0x00402010, 0x00402016, 0x00402017,
];
const addressTags = [0x00080081, 0x00080092, 0x00401102];
const homeTags = [0x00101040, 0x00102152];
const institutionTags = [0x00080080, 0x00080081, 0x00081040];
/** Name to Use is a text. */
const nameTags = [0x00100012];
/** Where two lists name a tag, the later one counts. */
const texts = new Map<number, IdentifierKind>([
  ...nameTags.map((tag) => [tag, 'name'] as const),
  ...institutionTags.map((tag) => [tag, 'institution'] as const),
  ...addressTags.map((tag) => [tag, 'address'] as const),
  ...homeTags.map((tag) => [tag, 'home'] as const),
  ...idTags.map((tag) => [tag, 'id'] as const),
]);
const birthDate = 0x00100030;

/** Undefined for an element that identifies nobody, or whose UIDs or dates the policy retains. */
export function identifierKind(
  element: { tag: number; vr: number },
  by: { policy: ProjectPolicy; rules: ReadonlyMap<number, ProfileRule> },
): IdentifierKind | undefined {
  const { tag, vr: code } = element;
  const { deid } = by.policy;
  if (code === vr.PN) return 'name';
  const kind = kindOf(tag, code, deid);
  const rule = kind === undefined ? undefined : by.rules.get(tag);
  if (rule?.nestedAction === 'K') return institutionTags.includes(tag) ? 'retained' : undefined;
  if (kind === 'uid') return isClassUid(tag) || (deid.retainUids && rule === undefined) ? undefined : 'uid';
  return kind;
}

function kindOf(tag: number, code: number, deid: ProjectPolicy['deid']): IdentifierKind | undefined {
  if (code === vr.UI) return 'uid';
  return code === vr.DA || code === vr.DT ? kindOfDate(tag, deid) : texts.get(tag);
}

function kindOfDate(tag: number, { dates }: ProjectPolicy['deid']): IdentifierKind | undefined {
  if (tag === birthDate) return 'birthDate';
  return dates === 'retain' ? undefined : 'date';
}
