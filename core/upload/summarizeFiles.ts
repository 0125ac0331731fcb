import type { InspectedFile } from './inspectFile.ts';

/** What a choice of files holds, in numbers. */
export interface FilesSummary {
  files: number;
  bytes: number;
  dicom: number;
  patients: number;
  studies: number;
  series: number;
  /** DICOM files whose header cannot be read: path and code. */
  broken: { path: string; code: string }[];
  /** DICOM files without a patient id. */
  unnamed: number;
}

/** Counts files, patients, studies and series. A patient id is counted, never returned. */
export function summarizeFiles(inspected: readonly InspectedFile[]): FilesSummary {
  const dicom = inspected.filter(({ file }) => file.kind === 'dicom');
  const distinct = (pick: (one: InspectedFile) => string | undefined) =>
    new Set(dicom.map(pick).filter((value) => value !== undefined)).size;
  return {
    files: inspected.length,
    bytes: inspected.reduce((sum, { file }) => sum + file.sizeBytes, 0),
    dicom: dicom.length,
    patients: distinct(({ patient }) => patient),
    studies: distinct(({ file }) => file.order?.study),
    series: distinct(({ file }) => file.order?.series),
    broken: dicom.flatMap(({ file, broken }) => (broken === undefined ? [] : [{ path: file.path, code: broken }])),
    unnamed: dicom.filter(({ patient, broken }) => patient === undefined && broken === undefined).length,
  };
}
