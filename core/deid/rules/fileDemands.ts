import type { DicomFile } from '../../dicom/readDicom.ts';
import { findElement } from '../../dicom/readText.ts';
import { dicomRoot } from '../../dicom/tables/registeredUids.ts';
import type { ProfileRule } from './profileRules.ts';

type Action = ProfileRule['action'];

/** An attribute for which the action of Table E.1-1 would break the IOD of some files, and what is as private there. */
interface Demand {
  tag: number;
  /** Undefined where nothing is demanded: at the top level, inside sequences. */
  action?: Action;
  nestedAction?: Action;
  isOf: (file: FileKind) => boolean;
}

/** What decides on demands: the class, and two conditions of PS3.3 on the whole file. */
interface FileKind {
  /** SOP class without the root of DICOM. */
  sopClass: string;
  listsReferences: boolean;
  isAnimal: boolean;
}

const ofClass = (classes: RegExp) => (file: FileKind) => classes.test(file.sopClass);
const always = () => true;
const listsReferences = (file: FileKind) => file.listsReferences;
const isAnimal = (file: FileKind) => file.isAnimal;

const demands: readonly Demand[] = [
  // Type 1 in every presentation state and structured display (§C.11.10)
  { tag: 0x00700082, action: 'D', nestedAction: 'D', isOf: always },
  { tag: 0x00700083, action: 'D', nestedAction: 'D', isOf: always },
  // What the list of referenced series names must be referenced somewhere in the object (§C.12.2)
  { tag: 0x00081140, action: 'U', isOf: listsReferences },
  { tag: 0x00082112, action: 'U', isOf: listsReferences },
  // Type 1C, and its condition goes: the approval number is removed (§C.7.1.3)
  { tag: 0x00120081, action: 'X', isOf: always },
  // Type 2C of an animal (§C.7.1.1)
  { tag: 0x00102297, action: 'Z', isOf: isAnimal },
  { tag: 0x00102299, action: 'Z', isOf: isAnimal },
  // Type 1 in Radiopharmaceutical Information Sequence of enhanced PET (§C.8.22.4)
  { tag: 0x00181078, nestedAction: 'D', isOf: ofClass(/^5\.1\.4\.1\.1\.130$/) },
  // Type 2 in Referenced Request Sequence of reports and key objects (§C.17.2, §C.17.6.2)
  { tag: 0x00401001, nestedAction: 'Z', isOf: ofClass(/^5\.1\.4\.1\.1\.(?:88\.|78\.6$|79\.1$)/) },
  // Type 1 in DICOM Retrieval Sequence of UV mappings (§C.18.1)
  { tag: 0x00080054, nestedAction: 'D', isOf: ofClass(/^5\.1\.4\.1\.1\.68\./) },
  // Type 2 in Recorded Source Sequence of brachytherapy (§C.8.8.22) and in Hanging Protocol Definition Sequence (§C.23.1)
  { tag: 0x300a0216, nestedAction: 'Z', isOf: ofClass(/^5\.1\.4\.1\.1\.481\.6$/) },
  { tag: 0x0040100a, nestedAction: 'Z', isOf: ofClass(/^5\.1\.4\.38\.1$/) },
];

/** Where PS3.3 demands of one file something else than what Table E.1-1 says. */
export function fileDemands({ index }: Pick<DicomFile, 'index'>, sopClass: string): readonly Demand[] {
  const has = (...tags: number[]) => tags.some((tag) => findElement(index, tag) !== undefined);
  const kind = {
    sopClass: sopClass.startsWith(dicomRoot) ? sopClass.slice(dicomRoot.length) : '',
    listsReferences: has(0x00081115, 0x00081200),
    isAnimal: has(0x00102201, 0x00102202),
  };
  return demands.filter((each) => each.isOf(kind));
}
