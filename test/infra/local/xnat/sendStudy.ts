import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { zipOf } from '../../../contracts/archive.ts';
import { askXnat } from './askXnat.ts';
import { openXnat } from './openXnat.ts';

export const sender = 'sender:sender-password';

/** A stand-in with the projects DEMO, MANUAL (archives nothing by itself) and CLOSED (the sender does not see it). */
export async function openPrearchive(options: Parameters<typeof openXnat>[0] = {}) {
  const xnat = await openXnat({
    projects: ['DEMO', 'MANUAL', 'CLOSED'],
    users: [
      { login: 'admin', password: 'admin-password', role: 'admin' },
      { login: 'sender', password: 'sender-password', role: 'member', projects: { CLOSED: 'none' } },
      { login: 'reader', password: 'reader-password', role: 'collaborator' },
    ],
    ...options,
  });
  await askXnat(xnat, { method: 'PUT', path: '/data/projects/MANUAL/prearchive_code/0' });
  return xnat;
}

let count = 0;
/** A study of its own, with the labels it is sent under. */
export function newStudy() {
  count += 1;
  return { seed: `study-${count}`, label: `SESS_${count}`, subject: `SUBJ_${count}` };
}
type Study = ReturnType<typeof newStudy>;

export const sliceOf = ({ seed }: Study, series = 1, instance = 1) =>
  synthesizeCtSlice({ seed, series, instance, rows: 16, columns: 16 });

export interface Send {
  query?: Record<string, string>;
  files?: Record<string, Uint8Array>;
}

/** Posts a ZIP of a study's files to the import service, into DEMO where the query says nothing else. */
export async function sendStudy(xnat: { url: string }, study: Study, { query = {}, files }: Send = {}) {
  const zip = Buffer.concat(await Array.fromAsync(zipOf(files ?? { 'a.dcm': sliceOf(study) })));
  const parameters = new URLSearchParams({
    ...{ 'import-handler': 'DICOM-zip', PROJECT_ID: 'DEMO', SUBJECT_ID: study.subject, EXPT_LABEL: study.label },
    ...query,
  });
  const path = `/data/services/import?${parameters}`;
  const headers = { 'Content-Type': 'application/zip' };
  return askXnat(xnat, { method: 'POST', path, body: new Uint8Array(zip), as: sender, headers });
}

/** The address an import answered. */
export const uriOf = ({ text }: { text: string }) => text.trim();

/** Rows of a table, by an administrator's eyes. */
export const rowsAt = async (xnat: { url: string }, path: string) =>
  JSON.parse((await askXnat(xnat, { path })).text).ResultSet.Result;
