import { tagsByVr } from './tables/tagsByVr.ts';
import { tagsOf } from './tagsOf.ts';
import { vrCode } from './vr.ts';

/** A table of its own, a third full: every element is looked up several times, and a Map of V8 takes five times as long. */
const slots = 2 ** 14;
const tags = new Uint32Array(slots);
const codes = new Uint16Array(slots);

const slotOf = (tag: number) => Math.imul(tag, 0x9e3779b1) >>> 18;

for (const [name, digits] of Object.entries(tagsByVr)) {
  const code = vrCode(name);
  for (const tag of tagsOf(digits)) {
    let slot = slotOf(tag);
    while (codes[slot] !== 0) slot = (slot + 1) % slots;
    tags[slot] = tag;
    codes[slot] = code;
  }
}

/** VR code of a public element (PS3.6 chapters 6 to 8); undefined for private and unknown elements and group lengths. */
export function lookUpVr(tag: number): number | undefined {
  for (let slot = slotOf(tag); codes[slot] !== 0; slot = (slot + 1) % slots) {
    if (tags[slot] === tag) return codes[slot];
  }
  return undefined;
}
