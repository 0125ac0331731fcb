import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import {
  explicitLittle,
  type TestElement,
  writeFile as writeDicomFile,
  writeElements,
} from '../fixtures/writeDicom.ts';

const enhancedCt = '1.2.840.10008.5.1.4.1.1.2.1';
const frames = 2048;
const rows = 512;

const short = (tag: number, value: number): TestElement => ({
  tag,
  vr: 'US',
  value: Uint8Array.of(value & 255, value >> 8),
});
const double = (tag: number, ...values: number[]): TestElement => ({
  tag,
  vr: 'FD',
  value: new Uint8Array(new Float64Array(values).buffer),
});
const long = (tag: number, ...values: number[]): TestElement => ({
  tag,
  vr: 'UL',
  value: new Uint8Array(new Uint32Array(values).buffer),
});
const text = (tag: number, vr: string, value: string): TestElement => ({ tag, vr, value });
const item = (tag: number, ...elements: TestElement[]): TestElement => ({ tag, vr: 'SQ', items: [elements] });

/** Functional groups of one frame (PS3.3 §C.7.6.16). */
const frameGroups = (frame: number): TestElement[] => [
  item(
    0x00189114,
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'),
    text(0x00089205, 'CS', 'MONOCHROME'),
    text(0x00089206, 'CS', 'VOLUME'),
    text(0x00089207, 'CS', 'NONE'),
  ),
  item(
    0x00209111,
    text(0x00189074, 'DT', `20190518104${String(100 + (frame % 900)).slice(0, 3)}.${frame % 1000}`),
    text(0x00189151, 'DT', '20190518104201'),
    double(0x00189220, 12.5),
    text(0x00209056, 'SH', '1'),
    long(0x00209057, frame + 1),
  ),
  item(0x00209113, text(0x00200032, 'DS', `-250\\-250\\${frame}`)),
  item(0x00209116, text(0x00200037, 'DS', '1\\0\\0\\0\\1\\0')),
];

/**
 * Writes an enhanced CT of 1 GiB of pixels with more than 25,000 elements before them. The pixels are a hole in the
 * file, which reads as zeros.
 */
export function writeEnhancedCt(path: string): number {
  const elements: TestElement[] = [
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'),
    text(0x00080016, 'UI', enhancedCt),
    text(0x00080018, 'UI', '1.2.3.4.5.6.7.8.9.10'),
    text(0x00080020, 'DA', '20190518'),
    text(0x00080023, 'DA', '20190518'),
    text(0x00080030, 'TM', '104201'),
    text(0x00080033, 'TM', '104201'),
    text(0x00080050, 'SH', 'ACC-771'),
    text(0x00080060, 'CS', 'CT'),
    text(0x00080070, 'LO', 'Synthetic'),
    text(0x00080090, 'PN', 'Referrer^Quentin'),
    text(0x00081090, 'LO', 'Bench'),
    text(0x00100010, 'PN', 'Zzyzxburg^Quillabeth'),
    text(0x00100020, 'LO', 'MRN-0815'),
    text(0x00100030, 'DA', '19530407'),
    text(0x00100040, 'CS', 'O'),
    text(0x00181000, 'LO', 'SN-7'),
    text(0x0020000d, 'UI', '1.2.3.4.5.6.7.8.9.11'),
    text(0x0020000e, 'UI', '1.2.3.4.5.6.7.8.9.12'),
    text(0x00200010, 'SH', '1'),
    text(0x00200011, 'IS', '1'),
    text(0x00200013, 'IS', '1'),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    text(0x00280008, 'IS', String(frames)),
    short(0x00280010, rows),
    short(0x00280011, rows),
    short(0x00280100, 16),
    short(0x00280101, 16),
    short(0x00280102, 15),
    short(0x00280103, 0),
    text(0x00280301, 'CS', 'NO'),
    { tag: 0x52009230, vr: 'SQ', items: Array.from({ length: frames }, (_, frame) => frameGroups(frame)) },
  ];
  const pixelBytes = frames * rows * rows * 2;
  const pixels: TestElement = { tag: 0x7fe00010, vr: 'OW', value: '', claimedLength: pixelBytes };
  const head = writeDicomFile({ data: writeElements([...elements, pixels], explicitLittle) });
  const file = openSync(path, 'w');
  writeSync(file, head);
  ftruncateSync(file, head.length + pixelBytes);
  closeSync(file);
  return head.length + pixelBytes;
}
