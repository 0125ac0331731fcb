import { at, type ElementIndex } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { vr } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { isClassUid } from './decideElement.ts';
import { isRegisteredUid } from './mapUid.ts';

/** What identifies a person in one input: no output may hold it. Lower case where letters have one. */
export interface Identifiers {
  /** Names, their parts, ids, addresses, institutions: at least 4 characters each. */
  texts: Set<string>;
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
): Identifiers {
  const found: Identifiers = { texts: new Set(), uids: new Set(), dates: new Set() };
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    const code = vrOf(index, node);
    const text = () => valueText(head, index, node);
    if (code === vr.PN) addName(found, text());
    else if (code === vr.UI && !deid.retainUids && !isClassUid(tag)) addUids(found, text());
    else if ((code === vr.DA || code === vr.DT) && deid.dates !== 'retain') addDates(found, text());
    else if (idTags.has(tag)) addTexts(found, text());
    else if (institutionTags.has(tag) && !deid.retainInstitutionIdentity) addTexts(found, text(), shortestInstitution);
  }
  return found;
}

function vrOf(index: ElementIndex, node: number): number {
  const written = at(index.vr, node);
  return written === vr.UN ? (lookUpVr(at(index.tag, node)) ?? written) : written;
}

function addTexts({ texts }: Identifiers, value: string, shortest = shortestText): void {
  for (const each of value.split(/[\\\r\n]/)) {
    const text = each.trim().toLowerCase();
    if (text.length >= shortest && !nobody.has(text)) texts.add(text);
  }
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
