import { at, type ElementIndex } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { vr } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { isClassUid } from './decideElement.ts';
import type { IdentityMap } from './identityMap.ts';
import { isRegisteredUid } from './mapUid.ts';

/** What identifies a person in one input: no output may hold it. Lower case where letters have one. */
export interface Identifiers {
  /** Names, their parts, ids, addresses, institutions: at least 4 characters each. */
  texts: Set<string>;
  /** Every word of those, of at least 2 characters: free text that is cleaned keeps none of them. */
  words: Set<string>;
  uids: Set<string>;
  /** Eight digits each. */
  dates: Set<string>;
}

const shortestText = 4;

/** Ids, numbers and addresses of the patient, the request and the institution; person names are found by VR. */
const idTags = new Set([
  0x00080050, 0x00100020, 0x00101000, 0x00101001, 0x00101040, 0x00101080, 0x00101081, 0x00102154, 0x00102155,
  0x00102160, 0x00102180, 0x001021f0, 0x00102299, 0x00380010, 0x00380060, 0x00380300, 0x00380400, 0x00400253,
  0x00401001, 0x00402016, 0x00402017, 0x00401102, 0x00401103,
]);
const institutionTags = new Set([0x00080080, 0x00080081, 0x00080092, 0x00080094, 0x00081040]);

/** Names that name nobody, and words of test data that names are made of. */
const nobody = new Set(['anonymized', 'anonymised', 'anonymous', 'unknown', 'none', 'null']);
const nobodysParts = new Set(['test', 'patient', 'phantom', 'doctor', 'physician', 'operator']);

/** One short word as an institution equals a maker's name or a common word too often to tell anything. */
const shortestInstitution = 8;

/**
 * Collects identifiers from every level of an input, private elements of known VR included, as the bytes that they are
 * in the file: no character set is applied.
 */
export function harvestIdentifiers(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  { deid }: ProjectPolicy,
  { isOwnOutput }: Pick<IdentityMap, 'isOwnOutput'>,
): Identifiers {
  const found: Identifiers = { texts: new Set(), words: new Set(), uids: new Set(), dates: new Set() };
  const isLooked: Record<Kind, boolean> = {
    name: true,
    id: true,
    institution: !deid.retainInstitutionIdentity,
    uid: !deid.retainUids && !isOwnOutput,
    date: deid.dates !== 'retain' && !isOwnOutput,
  };
  for (let node = 0; node < index.count; node += 1) {
    const kind = kindOf(at(index.tag, node), vrOf(index, node));
    if (kind !== undefined && isLooked[kind]) add[kind](found, valueText(head, index, node));
  }
  return found;
}

type Kind = 'name' | 'id' | 'institution' | 'uid' | 'date';

function kindOf(tag: number, code: number): Kind | undefined {
  if (code === vr.PN) return 'name';
  if (code === vr.UI) return isClassUid(tag) ? undefined : 'uid';
  if (code === vr.DA || code === vr.DT) return 'date';
  if (idTags.has(tag)) return 'id';
  return institutionTags.has(tag) ? 'institution' : undefined;
}

const add: Record<Kind, (found: Identifiers, value: string) => void> = {
  name: addName,
  id: addTexts,
  institution: (found, value) => addTexts(found, value, shortestInstitution),
  uid: addUids,
  date: addDates,
};

function vrOf(index: ElementIndex, node: number): number {
  const written = at(index.vr, node);
  return written === vr.UN ? (lookUpVr(at(index.tag, node)) ?? written) : written;
}

function addTexts({ texts, words }: Identifiers, value: string, shortest = shortestText): void {
  for (const each of value.split(/[\\\r\n]/)) {
    const text = each.trim().toLowerCase();
    if (nobody.has(text)) continue;
    if (text.length >= shortest) texts.add(text);
    for (const word of text.split(notInWords)) if (isNamingWord(word)) words.add(word);
  }
}

/** Bytes above ASCII belong to words, whatever the character set. */
const notInWords = /[^a-z0-9\u0080-\uffff]+/;
const isNamingWord = (word: string) => word.length > 1 && !nobody.has(word) && !nobodysParts.has(word);

/** True for a text in which an identifier of the input stands, as a whole or by one of its words. */
export function holdsIdentifier({ texts, words, uids, dates }: Identifiers, text: string): boolean {
  const lower = text.toLowerCase();
  const digits = lower.replace(/[-./]/g, '');
  return (
    lower.split(notInWords).some((word) => words.has(word)) ||
    [...texts, ...uids].some((each) => lower.includes(each)) ||
    [...dates].some((date) => digits.includes(date))
  );
}

/** A name as a whole and by its parts (PS3.5 §6.2.1: groups by =, components by ^). */
function addName(found: Identifiers, value: string): void {
  addTexts(found, value);
  const parts = value.split(/[\\^=,;\s]+/).filter((part) => !nobodysParts.has(part.toLowerCase()));
  for (const part of parts) addTexts(found, part);
}

function addUids({ uids }: Identifiers, value: string): void {
  for (const each of value.split('\\')) {
    const uid = each.replace(/[\0 ]/g, '');
    if (uid.length >= 10 && !isRegisteredUid(uid)) uids.add(uid);
  }
}

function addDates({ dates }: Identifiers, value: string): void {
  for (const each of value.split('\\')) {
    const digits = each.replaceAll('.', '').slice(0, 8);
    if (/^(?:19|20)\d{6}$/.test(digits)) dates.add(digits);
  }
}
