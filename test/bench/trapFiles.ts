import { deflateRawSync } from 'node:zlib';
import { asciiBytes, concatBytes } from '../../core/dicom/encodeElement.ts';
import {
  explicitBig,
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../fixtures/writeDicom.ts';

/** Stands where a name would. */
export const marker = 'QXMARKERZZ';

const element = (tag: number, vr: string, value: string = marker): TestElement => ({ tag, vr, value });
const name = element(0x00100010, 'PN');
const picture = pixels(new Uint8Array(32));
const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const inItem = (tag: number, ...elements: TestElement[]): TestElement => ({ tag, vr: 'SQ', items: [elements] });
const plain = [
  ...[element(0x00080080, 'LO'), element(0x00080081, 'ST'), element(0x00080090, 'PN'), element(0x00081030, 'LO')],
  ...[name, element(0x00100020, 'LO'), element(0x00101040, 'LO'), element(0x00104000, 'LT'), element(0x00204000, 'LT')],
];

/** Files with a marker at a place where tools were seen to leave one (PS3.15 §E.1.1 wants all of them gone). */
export const trapFiles: Array<{ place: string; bytes: Uint8Array }> = [
  { place: 'top level', bytes: fileOf(...plain, picture) },
  {
    place: 'implicit VR',
    bytes: writeFile({
      transferSyntax: '1.2.840.10008.1.2',
      data: writeElements(withIdentity(...plain, picture), implicitLittle),
    }),
  },
  {
    place: 'big endian',
    bytes: writeFile({
      transferSyntax: '1.2.840.10008.1.2.2',
      data: writeElements(withIdentity(...plain, picture), explicitBig),
    }),
  },
  {
    place: 'deflated',
    bytes: writeFile({
      transferSyntax: '1.2.840.10008.1.2.1.99',
      data: new Uint8Array(deflateRawSync(writeElements(withIdentity(...plain, picture), explicitLittle))),
    }),
  },
  { place: 'sequence of the table', bytes: fileOf(inItem(0x00400275, element(0x00400007, 'LO'), name)) },
  { place: 'sequence that no table lists', bytes: fileOf(inItem(0x0018a001, element(0x00080080, 'LO'), name)) },
  {
    place: 'sequence behind UN',
    bytes: fileOf({ ...inItem(0x00081120, name), vr: 'UN', itemForm: implicitLittle }),
  },
  { place: 'private elements', bytes: fileOf(element(0x00090010, 'LO', 'ACME'), element(0x00091001, 'PN')) },
  {
    place: 'private in a sequence',
    bytes: fileOf(inItem(0x00081140, element(0x00090010, 'LO', 'ACME'), element(0x00091001, 'LO'))),
  },
  { place: 'overlay comments', bytes: fileOf(element(0x60000022, 'LO'), element(0x60004000, 'LT'), picture) },
  { place: 'curve', bytes: fileOf(element(0x50000022, 'LO'), { tag: 0x50003000, vr: 'OW', value: marker }, picture) },
  { place: 'original attributes', bytes: fileOf(inItem(0x04000561, inItem(0x04000550, name))) },
  { place: 'contributing equipment', bytes: fileOf(inItem(0x0018a001, element(0x00080081, 'ST'))) },
  { place: 'several names', bytes: fileOf(element(0x00081070, 'PN'), element(0x00401103, 'PN')) },
  { place: 'text of an annotation', bytes: fileOf(inItem(0x00700001, inItem(0x00700008, element(0x00700006, 'ST')))) },
  {
    place: 'file meta group',
    bytes: writeFile({
      data: writeElements(withIdentity(), explicitLittle),
      extraMeta: [
        element(0x00020016, 'AE'),
        element(0x00020100, 'UI', '1.2.3'),
        { tag: 0x00020102, vr: 'OB', value: marker },
      ],
    }),
  },
  {
    place: 'preamble',
    bytes: writeFile({ preamble: asciiBytes(marker.padEnd(128)), data: writeElements(withIdentity(), explicitLittle) }),
  },
  {
    place: 'after pixel data',
    bytes: concatBytes([
      fileOf(picture),
      writeElements(
        [
          { tag: 0x7fe11010, vr: 'LO', value: marker },
          { tag: 0xfffcfffc, vr: 'OB', value: marker },
        ],
        explicitLittle,
      ),
    ]),
  },
  {
    place: 'date of study',
    bytes: fileOf(element(0x00080020, 'DA', '19590612'), element(0x00080022, 'DA', '19590612')),
  },
  { place: 'UID of reference', bytes: fileOf(inItem(0x00081199, element(0x00081155, 'UI', '1.2.840.99999.17.42'))) },
];

/** What must not be in an output of these files. */
export const identifiers = [marker, '19590612', '1.2.840.99999.17.42', '1.2.3.4.5.6.7.8.9.11'];
