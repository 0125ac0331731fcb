import type { DicomPlace } from '../dicom/dicomFault.ts';
import { at, type ElementIndex, isContainer } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { isTextVr } from '../dicom/vr.ts';
import { characterSetReader } from './characterSetReader.ts';
import { isDescriptor } from './isDescriptor.ts';
import type { NamingTexts } from './namingTexts.ts';
import { plainSpellings } from './plainSpellings.ts';
import { type EditPlan, elementActions } from './planEdits.ts';
import type { CountSteps } from './searchSteps.ts';
import { textReadings } from './textReadings.ts';

/** Hiragana as katakana: the phonetic group of a name is in one of them, and a note in the other. */
const toKatakana = (text: string) =>
  text.replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));

/** The same for what is the same to a reader: half and full width, composed and not, capitals and small letters. */
const foldText = (text: string) => toKatakana(text.normalize('NFKC').toLowerCase());

/** To begin to look for a name takes as long as to look through so many letters. */
const callSteps = 16;

/**
 * The first kept text in which a name stands that a search by bytes cannot know there: one that is written in letters
 * beyond ASCII, whatever character set the item around it has, and one of plain letters that the text writes with marks,
 * in full width or with an escape sequence in its middle.
 * @throws DomainError ResidualIdentifier when there are too many names to look for
 */
export function findDecoded(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  { action }: EditPlan,
  { foreign, texts, count }: Pick<NamingTexts, 'foreign' | 'texts'> & { count: CountSteps },
): Required<DicomPlace> | undefined {
  const setOf = characterSetReader({ head, index });
  const folded = [...foreign].map(foldText);
  for (let node = 0; node < index.count; node += 1) {
    const isKept = elementActions[action[node] ?? 0] === 'kept' && !isContainer(index, node);
    if (!isKept || !isText(index, node) || isPlain(head, at(index.value, node), at(index.end, node))) continue;
    const readings = textReadings(valueText(head, index, node), setOf(node)).map(foldText);
    if (readings.some(names)) return { tag: at(index.tag, node), offset: at(index.start, node) };
  }
  return undefined;

  function names(text: string): boolean {
    count(folded.length * (text.length + callSteps));
    return folded.some((name) => text.includes(name)) || plainSpellings(text).some(holdsText);
  }

  function holdsText(text: string): boolean {
    return text.split(/[^a-z0-9]+/).some((word) => texts.has(word) && !isDescriptor(word));
  }
}

/** By the dictionary or by what the file says: text may stand behind UN. */
function isText({ tag, vr }: ElementIndex, node: number): boolean {
  const written = at(vr, node);
  return isTextVr(written) || isTextVr(lookUpVr(at(tag, node)) ?? written);
}

/** True for bytes that mean the same in every character set. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let position = from; position < to; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte > 0x7e || byte === 0x1b) return false;
  }
  return true;
}
