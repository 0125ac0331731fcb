import { at, type ElementIndex } from '../../dicom/elementIndex.ts';
import { childOf, valueText } from '../../dicom/readText.ts';

/** Code value, scheme, its version and meaning, long and URN code (PS3.3 §8.8-1). */
const codeParts = new Set([0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120]);

/** Coding schemes that a registry publishes (PS3.16 Table 8-1): their meanings are words of the scheme. */
const publicSchemes = new Set(
  'DCM SCT SRT SNM3 LN UCUM RADLEX FMA UMLS NCIt MDC NEU ISO3166_1 RFC5646 I10 I9C ICD10 RADELEMENT NCDR'.split(' '),
);

/** True for an element of which a code is made. */
export const isCodePart = (tag: number): boolean => codeParts.has(tag);

/** True for a part of a code whose scheme is published, so that it was not typed in by a person. */
export function isPublicCode({ head, index, node }: { head: Uint8Array; index: ElementIndex; node: number }): boolean {
  const item = at(index.parent, node);
  if (item < 0) return false;
  const scheme = childOf(index, item, 0x00080102);
  const value = childOf(index, item, 0x00080100);
  if (scheme === undefined || value === undefined) return false;
  return (
    publicSchemes.has(valueText(head, index, scheme)) && /^[A-Za-z0-9.:_-]{1,16}$/.test(valueText(head, index, value))
  );
}
