import type { PrearchiveRow } from './prearchiveStore.ts';

/** Address of a session in the prearchive, from the site's root on. */
export const rowUri = ({ project, timestamp, folder }: PrearchiveRow) =>
  `/data/prearchive/projects/${project}/${timestamp}/${folder}`;
