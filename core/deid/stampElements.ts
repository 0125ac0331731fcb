import { asciiBytes, type ElementForm, encodeElement, encodeItem, encodeSequence } from '../dicom/encodeElement.ts';
import { vr, vrCode } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { methodCodes, profileTitle } from './profileName.ts';

/** Where the file goes in XNAT: these labels replace the patient's name and id. */
export interface DeidLabels {
  project: string;
  subject: string;
  session: string;
}

const temporal = { remove: 'REMOVED', shift: 'MODIFIED', retain: 'UNMODIFIED' } as const;

/**
 * The elements that every output has: the subject as name and id, the routing that XNAT reads from Patient Comments,
 * and the marks that PS3.15 §E.1.1 demands. Ascending by tag, encoded for the data set that takes them.
 */
export function stampElements(
  { labels, policy }: { labels: DeidLabels; policy: ProjectPolicy },
  form: ElementForm,
): Map<number, Uint8Array> {
  const methods = methodCodes(policy);
  const text = (tag: number, code: number, value: string): [number, Uint8Array] => [
    tag,
    encodeElement({ tag, vr: code, value: asciiBytes(value) }, form),
  ];
  const routing = `Project:${labels.project} Subject:${labels.subject} Session:${labels.session}`;
  const items = methods.map(({ code, meaning }) =>
    encodeItem(
      [text(0x00080100, vr.SH, code)[1], text(0x00080102, vr.SH, 'DCM')[1], text(0x00080104, vr.LO, meaning)[1]],
      form,
    ),
  );
  return new Map([
    text(0x00100010, vr.PN, labels.subject),
    text(0x00100020, vr.LO, labels.subject),
    text(0x00104000, vrCode('LT'), routing),
    text(0x00120062, vr.CS, 'YES'),
    text(0x00120063, vr.LO, [profileTitle, ...methods.slice(1).map(({ code }) => `DCM ${code}`)].join('\\')),
    [0x00120064, encodeSequence(0x00120064, items, form)],
    text(0x00280303, vr.CS, temporal[policy.deid.dates]),
  ]);
}
