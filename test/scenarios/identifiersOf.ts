import { readDicom } from '../../core/dicom/readDicom.ts';
import { readText } from '../../core/dicom/readText.ts';
import { codecs, streamOf } from '../core/pack/streams.ts';

/** Name, id, accession number, address, free text, then the UIDs of instance, study, series and frame of reference. */
const identifying = [
  ...[0x00100010, 0x00100020, 0x00080050, 0x00101040, 0x001021b0, 0x00081030],
  ...[0x00080018, 0x0020000d, 0x0020000e, 0x00200052],
];

/** The texts of a slice that must not be found anywhere; names in their parts. */
export async function identifiersOf(bytes: Uint8Array): Promise<string[]> {
  const { head, index } = await readDicom(streamOf(bytes), codecs);
  return identifying.flatMap((tag) => readText(head, index, tag)?.split('^') ?? []);
}
