import { asciiBytes, type ElementForm, encodeElement, encodeItem, encodeSequence } from '../../dicom/encodeElement.ts';
import { vr, vrCode } from '../../dicom/vr.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { methodCodes, profileTitle } from '../rules/profileName.ts';
import { type EarlierStamps, type MethodCode, noEarlierStamps } from './earlierStamps.ts';

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
  const { labels, policy, earlier, mark, arePixelsClean } = stamps;
  const { codes, titles } = methodStamps(stamps, form);
  const text = (tag: number, code: number, value: string): [number, Uint8Array] => [
    tag,
    textElement({ tag, vr: code, value }, form),
  ];
  const routing = `Project:${labels.project} Subject:${labels.subject} Session:${labels.session}`;
  return new Map([
    text(0x00100010, vr.PN, labels.subject),
    text(0x00100020, vr.LO, labels.subject),
    text(0x00104000, vrCode('LT'), routing),
    text(0x00120062, vr.CS, 'YES'),
    text(0x00120063, vr.LO, [...new Set([...titles, mark])].join('\\')),
    [0x00120064, codes],
    ...(arePixelsClean ? [text(0x00280301, vr.CS, 'NO')] : []),
    text(0x00280303, vr.CS, strongest(earlier.temporal, temporal[policy.deid.dates])),
  ]);
}

const textElement = ({ value, ...of }: { tag: number; vr: number; value: string }, form: ElementForm) =>
  encodeElement({ ...of, value: asciiBytes(value) }, form);

/** What tells the methods: the sequence of their codes, encoded, and what comes before the mark. */
interface MethodStamps {
  codes: Uint8Array;
  titles: readonly string[];
}

const known = new WeakMap<ProjectPolicy['deid'], Map<string, MethodStamps>>();

/** Files that nobody stamped before have the same under one policy. */
function methodStamps(stamps: Stamps, form: ElementForm): MethodStamps {
  const { policy, earlier, arePixelsClean } = stamps;
  if (earlier !== noEarlierStamps) return makeMethodStamps(stamps, form);
  const ofPolicy = known.get(policy.deid) ?? new Map<string, MethodStamps>();
  known.set(policy.deid, ofPolicy);
  const key = `${arePixelsClean} ${form.explicit} ${form.bigEndian}`;
  const made = ofPolicy.get(key) ?? makeMethodStamps(stamps, form);
  ofPolicy.set(key, made);
  return made;
}

function makeMethodStamps({ policy, earlier, arePixelsClean }: Stamps, form: ElementForm): MethodStamps {
  const methods = methodCodes(policy, { arePixelsClean }).map((each) => ({ ...each, scheme: 'DCM' }));
  const items = withoutRepeats([...earlier.codes, ...methods]).map(({ code, scheme, meaning }) =>
    encodeItem(
      [
        textElement({ tag: 0x00080100, vr: vr.SH, value: code }, form),
        textElement({ tag: 0x00080102, vr: vr.SH, value: scheme }, form),
        textElement({ tag: 0x00080104, vr: vr.LO, value: meaning }, form),
      ],
      form,
    ),
  );
  const own = [profileTitle, ...methods.slice(1).map(({ code }) => `DCM ${code}`)];
  return { codes: encodeSequence(0x00120064, items, form), titles: [...new Set([...earlier.methods, ...own])] };
}

function withoutRepeats(codes: readonly MethodCode[]): MethodCode[] {
  return [...new Map(codes.map((each) => [`${each.scheme} ${each.code}`, each])).values()];
}

const strongest = (earlier: string | undefined, now: string) =>
  temporalOrder.indexOf(earlier ?? '') > temporalOrder.indexOf(now) ? (earlier ?? now) : now;
