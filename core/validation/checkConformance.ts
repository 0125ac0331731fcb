import { formatTag } from '../dicom/dicomFault.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { findElement, readText } from '../dicom/readText.ts';
import { dicomRoot, registeredUids } from '../dicom/tables/registeredUids.ts';
import { limits } from '../policy/limits.ts';
import { checkConditions } from './checkConditions.ts';
import { checkElements } from './checkElements.ts';
import { checkItems } from './checkItems.ts';
import { checkPixels } from './checkPixels.ts';
import { checkRequired } from './checkRequired.ts';
import type { Nonconformity } from './Nonconformity.ts';

const registered = new Set(registeredUids.split(' ').map((suffix) => dicomRoot + suffix));

/**
 * What departs from the standard in a file that the reader could read and whose pixels have passed: one finding for
 * each rule and attribute, at most limits.findingsPerFile, then how many more there were.
 */
export function checkConformance(file: DicomFile): Nonconformity[] {
  const found = new Map<string, Nonconformity>();
  let omitted = 0;
  const add = (each: Nonconformity) => {
    const key = `${each.code} ${each.place.tag}`;
    if (found.has(key)) return;
    if (found.size < limits.findingsPerFile) found.set(key, each);
    else omitted += 1;
  };
  const sopClass = readText(file.head, file.index, 0x00080016) ?? '';
  if (sopClass !== '' && !checkRequired(file, sopClass, add) && !registered.has(sopClass)) add(unknownClass(file));
  checkConditions(file, sopClass, add);
  checkItems(file, add);
  checkMeta(file, add);
  checkPixels(file, add);
  checkElements(file, add);
  const all = [...found.values()];
  if (omitted > 0) all.push({ code: 'FindingsOmitted', message: `There are ${omitted} more`, place: { offset: 0 } });
  return all;
}

function unknownClass({ index }: DicomFile): Nonconformity {
  const node = findElement(index, 0x00080016);
  return {
    code: 'SopClassUnknown',
    message: 'What its class requires is not known here',
    place: { offset: node === undefined ? 0 : (index.start[node] ?? 0), tag: 0x00080016 },
  };
}

/** Group 0002 repeats the class and the instance of the data set (PS3.10 §7.1); the output takes the data set's. */
function checkMeta({ meta, head, index }: DicomFile, add: (found: Nonconformity) => void): void {
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
