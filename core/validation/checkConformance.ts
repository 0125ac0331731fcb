import { formatTag } from '../dicom/dicomFault.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { findElement, readText } from '../dicom/readText.ts';
import { dicomRoot, registeredUids } from '../dicom/tables/registeredUids.ts';
import { limits } from '../policy/limits.ts';
import type { FindingCode } from '../submission/codes/findingCatalogue.ts';
import { checkConditions, conditionCodes } from './checkConditions.ts';
import { checkElements, elementCodes } from './checkElements.ts';
import { checkItems, itemCodes } from './checkItems.ts';
import { checkPixels, pixelCodes } from './checkPixels.ts';
import { checkRequired, requiredCodes } from './checkRequired.ts';
import type { AddFinding, Nonconformity } from './Nonconformity.ts';

const registered = new Set(registeredUids.split(' ').map((suffix) => dicomRoot + suffix));

const classCodes = [...requiredCodes, 'SopClassUnknown'] as const;
const metaCodes = ['FileMetaDiffers'] as const;

/** One check, and what it can find. */
interface Check {
  codes: readonly FindingCode[];
  run: (file: DicomFile, add: (found: Nonconformity) => void, sopClass: string) => void;
}

/** The types of the codes say that a check finds nothing else. */
const check = <Code extends FindingCode>(
  codes: readonly Code[],
  run: (file: DicomFile, add: AddFinding<Code>, sopClass: string) => void,
): Check => ({ codes, run });

const checks: readonly Check[] = [
  check(classCodes, checkClass),
  check(conditionCodes, (file, add, sopClass) => checkConditions(file, sopClass, add)),
  check(itemCodes, checkItems),
  check(metaCodes, checkMeta),
  check(pixelCodes, checkPixels),
  check(elementCodes, checkElements),
];

interface Wanted {
  /** True for a code that keeps a file from going on. */
  decides: (code: FindingCode) => boolean;
  /** True where nobody reads what does not. */
  onlyDeciding?: boolean;
}

/**
 * What departs from the standard in a file that the reader could read and whose pixels have passed: one finding for
 * each rule and attribute, at most limits.findingsPerFile, then how many more there were. Of those that decide the first
 * of each code is never left out.
 */
export function checkConformance(file: DicomFile, { decides, onlyDeciding = false }: Wanted): Nonconformity[] {
  const found = new Map<string, Nonconformity>();
  const codes = new Set<FindingCode>();
  let omitted = 0;
  const add = (each: Nonconformity) => {
    const key = `${each.code} ${each.place.tag}`;
    if (found.has(key)) return;
    const isFirst = !codes.has(each.code) && decides(each.code);
    if (found.size >= limits.findingsPerFile && !isFirst) {
      omitted += 1;
      return;
    }
    codes.add(each.code);
    found.set(key, each);
  };
  const sopClass = readText(file.head, file.index, 0x00080016) ?? '';
  for (const { codes: can, run } of checks) {
    if (!onlyDeciding || can.some(decides)) run(file, add, sopClass);
  }
  const all = [...found.values()];
  if (omitted > 0) all.push({ code: 'FindingsOmitted', message: `There are ${omitted} more`, place: { offset: 0 } });
  return all;
}

function checkClass(file: DicomFile, add: AddFinding<(typeof classCodes)[number]>, sopClass: string): void {
  if (sopClass !== '' && !checkRequired(file, sopClass, add) && !registered.has(sopClass)) add(unknownClass(file));
}

function unknownClass({ index }: DicomFile): Nonconformity<'SopClassUnknown'> {
  const node = findElement(index, 0x00080016);
  return {
    code: 'SopClassUnknown',
    message: 'What its class requires is not known here',
    place: { offset: node === undefined ? 0 : (index.start[node] ?? 0), tag: 0x00080016 },
  };
}

/** Group 0002 repeats the class and the instance of the data set (PS3.10 §7.1); the output takes the data set's. */
function checkMeta({ meta, head, index }: DicomFile, add: AddFinding<(typeof metaCodes)[number]>): void {
  const pairs = [
    [0x00020002, meta.sopClass, 0x00080016],
    [0x00020003, meta.sopInstance, 0x00080018],
  ] as const;
  for (const [tag, said, inData] of pairs) {
    const uid = readText(head, index, inData);
    if (said === undefined || uid === undefined || said === uid) continue;
    add({ code: 'FileMetaDiffers', message: `It differs from ${formatTag(inData)}`, place: { offset: 132, tag } });
  }
}
