import { at, isContainer } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { childOf, findElement, readText, valueText } from '../../dicom/readText.ts';
import { holdsIdentifier, type Identifiers } from '../identifiers/harvestIdentifiers.ts';
import { joinsWords } from '../identifiers/joinsWords.ts';
import { namesDay } from '../identifiers/namesDay.ts';
import { namesUid } from '../identifiers/namesUid.ts';

/** One de-identification method as a code. */
export interface MethodCode {
  code: string;
  scheme: string;
  meaning: string;
}

/** What earlier de-identifications wrote about themselves (PS3.15 §E.1.1): it is kept, and new methods follow. */
export interface EarlierStamps {
  /** Values of (0012,0063). */
  methods: string[];
  /** Items of (0012,0064). */
  codes: MethodCode[];
  /** Value of (0028,0303). */
  temporal: string | undefined;
}

/** Of a file that nobody de-identified. */
export const noEarlierStamps: EarlierStamps = { methods: [], codes: [], temporal: undefined };

/** More history than this is no history. */
const longestHistory = 64;
const plainText = /^[\x20-\x5b\x5d-\x7e]{1,64}$/;
const codeText = /^[A-Za-z0-9._-]{1,16}$/;

/**
 * Reads the marks of earlier de-identifications, of files that say that they are de-identified. They are free text of
 * a stranger: only plain characters of the allowed length count, and nothing that holds an identifier of the file.
 */
export function earlierStamps(file: Pick<DicomFile, 'head' | 'index'>, harvest: () => Identifiers): EarlierStamps {
  const text = (tag: number) => readText(file.head, file.index, tag);
  if (text(0x00120062) !== 'YES') return noEarlierStamps;
  const identifiers = harvest();
  const isDay = namesDay(identifiers.dates);
  const isJoined = joinsWords(identifiers);
  const speaks = (lower: string) => isDay(lower) || isJoined(lower) || namesUid(lower, identifiers.uids);
  const isHarmless = (value: string) =>
    plainText.test(value) && !holdsIdentifier(identifiers, value) && !speaks(value.toLowerCase());
  const methods = (text(0x00120063) ?? '').split('\\').map((each) => each.trim());
  return {
    methods: methods.slice(0, longestHistory).filter(isHarmless),
    codes: readCodes(file).filter(({ code, scheme, meaning }) => [code, scheme, meaning].every(isHarmless)),
    temporal: text(0x00280303),
  };
}

function readCodes({ head, index }: Pick<DicomFile, 'head' | 'index'>): MethodCode[] {
  const sequence = findElement(index, 0x00120064);
  if (sequence === undefined || !isContainer(index, sequence)) return [];
  const codes: MethodCode[] = [];
  const end = at(index.end, sequence);
  for (let item = sequence + 1; item < index.count && at(index.start, item) < end; item += 1) {
    if (at(index.parent, item) !== sequence || codes.length === longestHistory) continue;
    const part = (tag: number) => {
      const node = childOf(index, item, tag);
      return node === undefined ? '' : valueText(head, index, node);
    };
    const [code, scheme, meaning] = [part(0x00080100), part(0x00080102), part(0x00080104)];
    if (codeText.test(code) && codeText.test(scheme)) codes.push({ code, scheme, meaning });
  }
  return codes;
}
