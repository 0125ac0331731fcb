import type { Resource } from '../archiveStore.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';

/** Where the files of a scan in the prearchive lie on disk. */
export const prearchiveResource = ({ project, timestamp, folder }: PrearchiveRow, scan: string): Resource => ({
  ...{ id: 0, owner: 0, label: 'DICOM', format: 'DICOM', content: 'RAW', tags: '' },
  folder: `prearchive/${project}/${timestamp}/${folder}/SCANS/${scan}/DICOM`,
});
