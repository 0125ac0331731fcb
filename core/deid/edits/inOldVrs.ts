import { at, flag } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { scanElements } from '../../dicom/scanElements.ts';
import { vrCode } from '../../dicom/vr.ts';

/** VRs since 2018, with the header of OB: dicom-parser 1.8 takes them for VRs of a 16-bit length, and loses its way. */
const young = new Set(['OV', 'SV', 'UV'].map(vrCode));

/**
 * An output for a reader that does not know the youngest VRs: they are written as OB, and everything else is as it was.
 * Without such elements in the input the output itself.
 * @param start of the data set in the output
 */
export function inOldVrs(
  output: Uint8Array,
  start: number,
  { index, encoding }: Pick<DicomFile, 'index' | 'encoding'>,
) {
  if (!index.vr.subarray(0, index.count).some((code) => young.has(code))) return output;
  const scan = scanElements({ start, ...encoding, part: 'set' });
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  scan.advance({ view, available: output.length });
  const copy = output.slice();
  const found = scan.index;
  for (let node = 0; node < found.count; node += 1) {
    if ((at(found.flags, node) & flag.explicit) === 0 || !young.has(at(found.vr, node))) continue;
    copy.set([0x4f, 0x42], at(found.start, node) + 4);
  }
  return copy;
}
