import { tagsByVr } from '../dicom/tables/tagsByVr.ts';
import { vrCode } from '../dicom/vr.ts';
import { openMultiplicity, tagsByMultiplicity, tagsByVrChoice } from './tables/multiplicities.ts';

/** What PS3.6 says of an attribute. */
interface Attribute {
  vr: number;
  /** VRs that are as good; undefined for one VR. */
  choice: ReadonlySet<number> | undefined;
  /** How many values it has: at least, at most, and in steps of. */
  least: number;
  most: number;
  step: number;
}

const byTag = new Map<number, Attribute>();
for (const [name, digits] of Object.entries(tagsByVr)) {
  for (const tag of tagsOf(digits)) byTag.set(tag, { vr: vrCode(name), choice: undefined, least: 1, most: 1, step: 1 });
}
for (const [text, digits] of Object.entries(tagsByMultiplicity)) amend(digits, parseMultiplicity(text));
amend(openMultiplicity, { least: 0, most: Number.POSITIVE_INFINITY });
for (const [names, digits] of Object.entries(tagsByVrChoice)) {
  amend(digits, { choice: new Set(names.split(' ').map(vrCode)) });
}

/** A public attribute of the dictionary; undefined for any other tag. */
export const attributeOf = (tag: number): Attribute | undefined => byTag.get(tag);

function* tagsOf(digits: string): Generator<number, void> {
  for (let from = 0; from < digits.length; from += 8) yield Number.parseInt(digits.slice(from, from + 8), 16);
}

function amend(digits: string, part: Partial<Attribute>): void {
  for (const tag of tagsOf(digits)) {
    const attribute = byTag.get(tag);
    if (attribute !== undefined) Object.assign(attribute, part);
  }
}

/** `2`, `1-3`, `1-n` or `2-2n` (PS3.5 §6.4). */
function parseMultiplicity(text: string): Pick<Attribute, 'least' | 'most' | 'step'> {
  const [least = '1', most = least] = text.split('-');
  if (!most.endsWith('n')) return { least: Number(least), most: Number(most), step: 1 };
  return { least: Number(least), most: Number.POSITIVE_INFINITY, step: Number(most.slice(0, -1)) || 1 };
}
