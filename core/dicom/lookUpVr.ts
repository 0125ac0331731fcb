import { tagsByVr } from './tables/tagsByVr.ts';
import { tagsOf } from './tagsOf.ts';
import { vrCode } from './vr.ts';

const vrByTag = new Map<number, number>();
for (const [name, tags] of Object.entries(tagsByVr)) {
  const code = vrCode(name);
  for (const tag of tagsOf(tags)) vrByTag.set(tag, code);
}

/** VR code of a public element (PS3.6 chapters 6 to 8); undefined for private and unknown elements and group lengths. */
export const lookUpVr = (tag: number): number | undefined => vrByTag.get(tag);
