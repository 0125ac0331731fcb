import type { Site } from '../call.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';

/** The code of the row is looked at first; then what the request says; then the project's code, 4 by default. */
export function autoarchives(row: PrearchiveRow, asked: string | undefined, { store }: Pick<Site, 'store'>): boolean {
  if (row.autoarchive !== '') return row.autoarchive === '4' || row.autoarchive === '5';
  if (asked !== undefined) return asked === 'true';
  const code = store.findItem('project', '', row.project)?.fields['setting/prearchive_code'] ?? '4';
  return code === '4' || code === '5';
}
