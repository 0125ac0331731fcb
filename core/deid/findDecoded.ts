import { decodeText } from '../dicom/decodeText.ts';
import type { DicomPlace } from '../dicom/dicomFault.ts';
import { at, flag } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { isTextVr } from '../dicom/vr.ts';
import { characterSetReader } from './characterSetReader.ts';
import { isPlainAscii } from './namingTexts.ts';
import { type EditPlan, elementActions } from './planEdits.ts';

/** The same for what is the same to a reader: half and full width, composed and not, capitals and small letters. */
const foldText = (text: string) => text.normalize('NFKC').toLowerCase();

/**
 * The first kept text in which a name stands that is written in letters beyond ASCII, whatever character set the item
 * around it has: by bytes a search cannot know it there.
 * @param names decoded
 */
export function findDecoded(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  { action }: EditPlan,
  names: ReadonlySet<string>,
): Required<DicomPlace> | undefined {
  if (names.size === 0) return undefined;
  const setOf = characterSetReader({ head, index });
  const folded = [...names].map(foldText);
  for (let node = 0; node < index.count; node += 1) {
    const isKept = elementActions[action[node] ?? 0] === 'kept' && (at(index.flags, node) & flag.container) === 0;
    if (!isKept || !isTextVr(at(index.vr, node))) continue;
    const raw = valueText(head, index, node);
    if (isPlainAscii(raw)) continue;
    const text = foldText(decodeText(raw, setOf(node)));
    if (folded.some((name) => text.includes(name))) return { tag: at(index.tag, node), offset: at(index.start, node) };
  }
  return undefined;
}
