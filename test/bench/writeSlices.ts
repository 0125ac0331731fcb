import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';

const SERIES = 10;

/** Writes CT slices of about 0.5 MB in ten series of one study, another one for each seed; answers how many bytes. */
export function writeSlices(folder: string, slices: number, seed = 'bench'): number {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let index = 0; index < slices; index += 1) {
    const series = 1 + (index % SERIES);
    const slice = synthesizeCtSlice({ seed, series, instance: 1 + Math.floor(index / SERIES) });
    writeFileSync(join(folder, `${series}-${index}.dcm`), slice);
    bytes += slice.length;
  }
  return bytes;
}
