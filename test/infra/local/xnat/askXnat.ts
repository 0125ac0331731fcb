import type { openXnat } from './openXnat.ts';

/** What the tests find in a stand-in that `fillXnat` was called for: short names of its paths. */
export const subject = '/data/projects/DEMO/subjects/S1';
export const session = `${subject}/experiments/E1`;
export const scan = `${session}/scans/1`;
export const dicom = `${scan}/resources/DICOM`;

export const member = 'airlock:airlock-password';
export const reader = 'reader:reader-password';
/** A User-Agent that XNAT takes for a person's. */
export const browser = { 'User-Agent': 'Mozilla/5.0 (X11; Linux)' };

export interface Question {
  method?: string;
  path: string;
  body?: NonNullable<RequestInit['body']>;
  headers?: Record<string, string>;
  /** Login and password; empty sends none. */
  as?: string;
}

/** Asks as an administrator where nothing else is said, with Basic on each request. */
export async function askXnat({ url }: { url: string }, question: Question) {
  const { method = 'GET', path, body, headers = {}, as = 'admin:admin-password' } = question;
  const authorization: Record<string, string> =
    as === '' ? {} : { Authorization: `Basic ${Buffer.from(as).toString('base64')}` };
  const init: RequestInit & { duplex: 'half' } = {
    duplex: 'half',
    method,
    redirect: 'manual',
    headers: { 'User-Agent': 'test/1', ...authorization, ...headers },
  };
  const response = await fetch(`${url}${path}`, body === undefined ? init : { ...init, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Puts one subject, session, scan and resource with two files into an empty stand-in. */
export async function fillXnat(xnat: Awaited<ReturnType<typeof openXnat>>) {
  const files = `${dicom}/files`;
  await askXnat(xnat, { method: 'PUT', path: subject });
  await askXnat(xnat, { method: 'PUT', path: `${session}?xsiType=xnat:ctSessionData` });
  await askXnat(xnat, { method: 'PUT', path: `${scan}?xsiType=xnat:ctScanData` });
  await askXnat(xnat, { method: 'PUT', path: `${dicom}?format=DICOM` });
  await askXnat(xnat, { method: 'PUT', path: `${files}/a.dcm?inbody=true&format=DICOM&content=RAW`, body: 'abc' });
  await askXnat(xnat, { method: 'PUT', path: `${files}/sub/b%20c.txt?inbody=true`, body: 'hello' });
}
