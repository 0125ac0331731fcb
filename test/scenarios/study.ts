import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';

export interface StudyFile {
  path: string;
  bytes: Uint8Array;
}

/** A small CT study of nobody; the same seed is the same person and the same bytes. */
export function studyOf(seed: string, { series = 1, slices = 3, edge = 32 } = {}): StudyFile[] {
  return Array.from({ length: series * slices }, (_, index) => {
    const at = { series: Math.floor(index / slices) + 1, instance: (index % slices) + 1 };
    return {
      path: `${at.series}/${at.instance}.dcm`,
      bytes: synthesizeCtSlice({ seed, ...at, rows: edge, columns: edge }),
    };
  });
}
