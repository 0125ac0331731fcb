import { lookUpVr } from '../dicom/lookUpVr.ts';
import { tagsOf } from '../dicom/tagsOf.ts';
import { vrCode } from '../dicom/vr.ts';
import { openMultiplicity, tagsByMultiplicity, tagsByVrChoice } from './tables/multiplicities.ts';

/** How many values an attribute has: at least, at most, and in steps of. */
interface Multiplicity {
  least: number;
  most: number;
  step: number;
}

/** What PS3.6 says of an attribute. */
interface Attribute extends Multiplicity {
  vr: number;
  /** VRs that are as good; undefined for one VR. */
  choice: ReadonlySet<number> | undefined;
}

const one: Multiplicity = { least: 1, most: 1, step: 1 };
const multiplicities = new Map<number, Multiplicity>();
for (const [text, digits] of Object.entries(tagsByMultiplicity)) {
  const multiplicity = parseMultiplicity(text);
  for (const tag of tagsOf(digits)) multiplicities.set(tag, multiplicity);
}
for (const tag of tagsOf(openMultiplicity)) {
  multiplicities.set(tag, { least: 0, most: Number.POSITIVE_INFINITY, step: 1 });
}
const choices = new Map<number, ReadonlySet<number>>();
for (const [names, digits] of Object.entries(tagsByVrChoice)) {
  const choice = new Set(names.split(' ').map(vrCode));
  for (const tag of tagsOf(digits)) choices.set(tag, choice);
}

const known = new Map<number, Attribute>();

/** A public attribute of the dictionary; undefined for any other tag. */
export function attributeOf(tag: number): Attribute | undefined {
  const attribute = known.get(tag);
  if (attribute !== undefined) return attribute;
  const code = lookUpVr(tag);
  if (code === undefined) return undefined;
  const found = { vr: code, choice: choices.get(tag), ...(multiplicities.get(tag) ?? one) };
  known.set(tag, found);
  return found;
}

/** `2`, `1-3`, `1-n` or `2-2n` (PS3.5 §6.4). */
function parseMultiplicity(text: string): Multiplicity {
  const [least = '1', most = least] = text.split('-');
  if (!most.endsWith('n')) return { least: Number(least), most: Number(most), step: 1 };
  return { least: Number(least), most: Number.POSITIVE_INFINITY, step: Number(most.slice(0, -1)) || 1 };
}
