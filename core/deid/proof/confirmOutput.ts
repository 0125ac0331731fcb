import { formatTag } from '../../dicom/dicomFault.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import { isTextVr, vr } from '../../dicom/vr.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { dummyValue } from '../edits/dummyValue.ts';
import { isRegisteredUid } from '../identity/mapUid.ts';
import { isClassUid } from '../rules/decideElement.ts';
import { isPublishedSafe } from '../rules/findSafePrivate.ts';
import type { ProfileRule } from '../rules/profileRules.ts';
import { withoutEnds } from '../text/withoutEnds.ts';
import { type Found, readAgain, textOf, unconfirmed } from './secondReading.ts';

interface Expected {
  policy: ProjectPolicy;
  rules: ReadonlyMap<number, ProfileRule>;
  /** Tags of the elements that are written at the top level whatever the rules say. */
  stamped: ReadonlySet<number>;
  /** True for a file whose UIDs were mapped before. */
  isOwnOutput: boolean;
}

/**
 * Reads the head of an output with a parser that is not ours, and finds no element that the profile removes, empties or
 * replaces, no private element that may not stay, no name and no UID that was not mapped: what the splicer meant to do
 * is in the bytes, by another reading of them.
 * @param output preamble, file meta and data set up to Pixel Data, inflated
 * @param start of the data set in it
 * @throws DomainError NotDeidentifiable
 */
export function confirmOutput(output: Uint8Array, start: number, expected: Expected): void {
  readAgain(output, start, (found) => requireAllowed(found, expected));
}

function requireAllowed(found: Found, expected: Expected): void {
  if (found.tag >>> 16 === 2 || (found.isTop && expected.stamped.has(found.tag))) return;
  const fault = isOldAge(found) ? 'an age over 89' : faultOf(found, expected);
  if (fault === undefined) return;
  const place = { offset: found.element.dataOffset, tag: found.tag };
  throw unconfirmed(`${fault} is in element ${formatTag(found.tag)}`, place);
}

function faultOf(found: Found, expected: Expected): string | undefined {
  const { element, tag, isTop } = found;
  const group = tag >>> 16;
  if (group % 2 === 1) return isSafePrivate(found, expected.policy) ? undefined : 'a private value';
  if ((tag & 0xffff) === 0 || group >>> 8 === 0x50) return 'a value that is always removed';
  if (group >>> 8 === 0x60) return expected.policy.deid.cleanGraphics ? undefined : 'an overlay';
  if (element.length === 0) return undefined;
  const rule = expected.rules.get(tag);
  const action = isTop ? rule?.action : rule?.nestedAction;
  if (action === 'K' || rule?.isCleaned === true) return undefined;
  if (rule !== undefined && !rule.isDated && !agrees(action, found))
    return `a value that the profile treats by ${action}`;
  return faultByVr(found, expected, rule);
}

function agrees(action: ProfileRule['action'] | undefined, found: Found): boolean {
  if (action === 'X' || action === 'Z') return false;
  const code = lookUpVr(found.tag) ?? 0;
  if (action !== 'D' || code === vr.UI || code === vr.SQ) return true;
  return isDummy(found, code);
}

function faultByVr(found: Found, { policy, isOwnOutput }: Expected, rule?: ProfileRule): string | undefined {
  const code = lookUpVr(found.tag);
  if (code === vr.PN) return isDummy(found, code) ? undefined : 'a name';
  const keepsUid = isOwnOutput || isClassUid(found.tag) || (policy.deid.retainUids && rule === undefined);
  if (code === vr.UI && !keepsUid) return isMapped(found) ? undefined : 'a UID';
  const isDate = code === vr.DA || code === vr.DT || code === vr.TM;
  return isDate && policy.deid.dates === 'remove' && !isDummy(found, code) ? 'a date' : undefined;
}

/** A value without its padding equals the one that stands for every value of its VR. */
function isDummy({ set, element }: Found, code: number): boolean {
  const dummy = dummyValue(code);
  const { byteArray } = set;
  const isPadding = (byte: number | undefined) => byte === 0x20 || byte === 0;
  for (let i = 0; i < element.length; i += 1) {
    const byte = byteArray[element.dataOffset + i];
    if (i < dummy.length ? byte !== dummy[i] : !(isTextVr(code) && isPadding(byte))) return false;
  }
  return element.length >= dummy.length;
}

/** All of them are 090Y (45 CFR 164.514(b)(2)(i)(C)). */
const isOldAge = ({ set, element, tag }: Found) =>
  lookUpVr(tag) === vr.AS &&
  textOf(set, element)
    .split('\\')
    .some((age) => /^\d+Y/.test(age) && Number.parseInt(age, 10) > 90);

function isMapped({ set, element }: Found): boolean {
  return textOf(set, element)
    .split('\\')
    .every((each) => {
      const uid = withoutEnds(each, ' \0');
      return uid === '' || uid.startsWith('2.25.') || isRegisteredUid(uid);
    });
}

/** Creators stand for their blocks; what the input itself marks as safe cannot be looked up. */
function isSafePrivate({ set, tag }: Found, { deid }: ProjectPolicy): boolean {
  if (!deid.retainSafePrivate) return false;
  const low = tag & 0xffff;
  if (low < 0x100) return low >= 0x10;
  const creator = set.creators.get(((tag & 0xffff0000) | (low >>> 8)) >>> 0) ?? '';
  if (creator === '') return false;
  // up to a NUL, as other readers take it: what is behind one must not make a creator of another
  const name = creator.replace(/\0.*$/s, '').trim();
  return set.isMarked || isPublishedSafe(tag, name);
}
