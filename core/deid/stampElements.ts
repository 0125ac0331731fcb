import { asciiBytes, type ElementForm, encodeElement, encodeItem, encodeSequence } from '../dicom/encodeElement.ts';
import { vr, vrCode } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { EarlierStamps, MethodCode } from './earlierStamps.ts';
import { methodCodes, profileTitle } from './profileName.ts';

/** Where the file goes in XNAT: these labels replace the patient's name and id. */
export interface DeidLabels {
  project: string;
  subject: string;
  session: string;
}

interface Stamps {
  labels: DeidLabels;
  policy: ProjectPolicy;
  earlier: EarlierStamps;
  /** A last value of De-identification Method. */
  mark: string;
  /** True for a file in whose pixels rectangles are blacked out. */
  arePixelsClean: boolean;
}

const temporal = { remove: 'REMOVED', shift: 'MODIFIED', retain: 'UNMODIFIED' } as const;
/** What was removed once stays removed, whatever a later policy does. */
const temporalOrder = ['UNMODIFIED', 'MODIFIED', 'REMOVED'];

/**
 * The elements that every output has: the subject as name and id, the routing that XNAT reads from Patient Comments,
 * and the marks that PS3.15 §E.1.1 demands, behind those of earlier de-identifications. Ascending by tag, encoded for
 * the data set that takes them.
 */
export function stampElements(stamps: Stamps, form: ElementForm): Map<number, Uint8Array> {
  const { labels, policy, earlier, arePixelsClean } = stamps;
  const methods = methodCodes(policy, { arePixelsClean }).map((each) => ({ ...each, scheme: 'DCM' }));
  const text = (tag: number, code: number, value: string): [number, Uint8Array] => [
    tag,
    encodeElement({ tag, vr: code, value: asciiBytes(value) }, form),
  ];
  const routing = `Project:${labels.project} Subject:${labels.subject} Session:${labels.session}`;
  const items = withoutRepeats([...earlier.codes, ...methods]).map(({ code, scheme, meaning }) =>
    encodeItem(
      [text(0x00080100, vr.SH, code)[1], text(0x00080102, vr.SH, scheme)[1], text(0x00080104, vr.LO, meaning)[1]],
      form,
    ),
  );
  const own = [profileTitle, ...methods.slice(1).map(({ code }) => `DCM ${code}`), stamps.mark];
  return new Map([
    text(0x00100010, vr.PN, labels.subject),
    text(0x00100020, vr.LO, labels.subject),
    text(0x00104000, vrCode('LT'), routing),
    text(0x00120062, vr.CS, 'YES'),
    text(0x00120063, vr.LO, [...new Set([...earlier.methods, ...own])].join('\\')),
    [0x00120064, encodeSequence(0x00120064, items, form)],
    ...(arePixelsClean ? [text(0x00280301, vr.CS, 'NO')] : []),
    text(0x00280303, vr.CS, strongest(earlier.temporal, temporal[policy.deid.dates])),
  ]);
}

function withoutRepeats(codes: readonly MethodCode[]): MethodCode[] {
  return [...new Map(codes.map((each) => [`${each.scheme} ${each.code}`, each])).values()];
}

const strongest = (earlier: string | undefined, now: string) =>
  temporalOrder.indexOf(earlier ?? '') > temporalOrder.indexOf(now) ? (earlier ?? now) : now;
