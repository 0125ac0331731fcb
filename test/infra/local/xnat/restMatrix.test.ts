import { afterAll, beforeAll, expect, test } from 'vitest';
import { askXnat, browser, dicom, fillXnat, member, type Question, reader, scan, session, subject } from './askXnat.ts';
import { openXnat } from './openXnat.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat({ faultRoute: true });
  await fillXnat(xnat);
});
afterAll(() => xnat.close());

const places: Record<string, string> = { subject, session, scan, dicom };
const fileTable =
  /^Name,Size,URI,.*digest\na\.dcm,3,\/data\/projects\/DEMO\/subjects\/XNAT_S00001\/experiments\/XNAT_E00001\/scans\/1\/resources\/1\/files\/a\.dcm,DICOM,,DICOM,RAW,1,900150983cd24fb0d6963f7d28e17f72\n/;

interface Row extends Omit<Question, 'method' | 'path'> {
  why: string;
  /** Method and path; a path may begin with the name of a place. */
  ask: string;
  status: number;
  says: RegExp;
}

const rows: Row[] = [
  { why: 'no credentials', ask: 'GET /data/projects', as: '', status: 401, says: /requires user authentication/ },
  { why: 'a wrong password', ask: 'GET /data/projects', as: 'admin:x', status: 401, says: /authentication/ },
  {
    why: 'no credentials from a browser',
    ask: 'GET /data/projects',
    as: '',
    headers: browser,
    status: 200,
    says: /^<!DOCTYPE/,
  },
  {
    why: 'an unknown session',
    ask: 'GET /data/projects',
    headers: { Cookie: 'JSESSIONID=X' },
    as: '',
    status: 200,
    says: /^<!DOCTYPE/,
  },
  {
    why: 'a login with its provider',
    ask: 'GET /data/auth',
    as: 'localdb/admin:admin-password',
    status: 200,
    says: /^User 'admin' is logged in$/,
  },
  { why: 'who am I', ask: 'GET /xapi/users/username', status: 200, says: /^admin$/ },
  { why: 'the version', ask: 'GET /data/version', status: 200, says: /^1\.9/ },
  { why: 'the build', ask: 'GET /xapi/siteConfig/buildInfo', status: 200, says: /"version":"1\.9/ },
  { why: 'a path that is not there', ask: 'GET /xapi/nothing', status: 404, says: /./ },
  { why: 'a method that is not there', ask: 'DELETE /data/projects', status: 405, says: /./ },
  { why: 'a broken escape', ask: 'GET /data/projects/%E0%A4%A', status: 400, says: /encoded/ },
  { why: 'a project twice', ask: 'PUT /data/projects/DEMO', status: 200, says: /^DEMO$/ },
  { why: 'a new project', ask: 'PUT /data/projects/NEW', status: 201, says: /^NEW$/ },
  { why: 'a project with a bad label', ask: 'PUT /data/projects/a%20b', status: 417, says: /label/ },
  { why: 'a subject twice', ask: 'PUT subject', status: 200, says: /^XNAT_S00001$/ },
  { why: 'a subject of no project', ask: 'PUT /data/projects/NONE/subjects/S', status: 404, says: /identify project/ },
  {
    why: 'a subject by a reader',
    ask: 'PUT /data/projects/DEMO/subjects/S9',
    as: reader,
    status: 403,
    says: /privileges/,
  },
  { why: 'a session of no type', ask: 'PUT subject/experiments/E9', status: 417, says: /Need PUT Contents/ },
  {
    why: 'a session of another type',
    ask: 'PUT session?xsiType=xnat:mrSessionData',
    status: 409,
    says: /another type/,
  },
  {
    why: 'a session of a scan type',
    ask: 'PUT subject/experiments/E9?xsiType=xnat:ctScanData',
    status: 400,
    says: /session/,
  },
  {
    why: 'a session label in use',
    ask: 'POST subject/experiments?xsiType=xnat:ctSessionData&label=E1',
    status: 409,
    says: /exists/,
  },
  { why: 'a label that cannot be one', ask: 'PUT session?label=a%20b', status: 417, says: /label/ },
  {
    why: 'a session to a subject that is not there',
    ask: 'PUT /data/projects/DEMO/subjects/NONE/experiments/E1',
    status: 200,
    says: /^XNAT_E00001$/,
  },
  { why: 'a scan twice', ask: 'PUT scan?xsiType=xnat:ctScanData', status: 200, says: /^$/ },
  {
    why: 'a scan of the base type',
    ask: 'PUT session/scans/9?xsiType=xnat:imageScanData',
    status: 400,
    says: /base type/,
  },
  { why: 'a scan of another type', ask: 'PUT scan?xsiType=xnat:mrScanData', status: 409, says: /another type/ },
  {
    why: 'a scan of no session',
    ask: 'PUT subject/experiments/E8/scans/1?xsiType=xnat:ctScanData',
    status: 404,
    says: /experiment/,
  },
  { why: 'a resource twice', ask: 'PUT dicom', status: 409, says: /Specified resource already exists/ },
  {
    why: 'a session by its ID',
    ask: 'GET /data/experiments/XNAT_E00001?format=json',
    status: 200,
    says: /"label":"E1"/,
  },
  {
    why: 'the archive alias',
    ask: 'GET /data/archive/projects/DEMO/subjects/S1/experiments/E1',
    status: 200,
    says: /"ID":"XNAT_E00001"/,
  },
  {
    why: 'the REST alias',
    ask: 'GET /REST/projects/DEMO/experiments/E1?format=xml',
    status: 200,
    says: /<xnat:CtSession/,
  },
  { why: 'files as CSV', ask: 'GET dicom/files?format=csv', status: 200, says: fileTable },
  { why: 'files of all scans', ask: 'GET session/scans/ALL/files?format=csv', status: 200, says: /sub\/b%20c\.txt/ },
  { why: 'files by format', ask: 'GET dicom/files?format=csv&file_format=NIFTI', status: 200, says: /^Name[^\n]*\n$/ },
  { why: 'a listing as XML', ask: 'GET dicom/files?format=xml', status: 200, says: /<cell>a\.dcm<\/cell>/ },
  { why: 'a listing in no format', ask: 'GET dicom/files?format=pdf', status: 400, says: /format/ },
  {
    why: 'the catalog',
    ask: 'GET dicom?format=xml',
    status: 200,
    says: /<cat:entry ID="a\.dcm" URI="a\.dcm" digest="900150983/,
  },
  {
    why: 'the resources of a scan',
    ask: 'GET scan/resources?format=csv&columns=label',
    status: 200,
    says: /DICOM,xnat:resourceCatalog,scans,1,,2,8/,
  },
  { why: 'a file by label', ask: 'GET dicom/files/a.dcm', status: 200, says: /^abc$/ },
  { why: 'a file by resource number', ask: 'GET scan/resources/1/files/sub/b%20c.txt', status: 200, says: /^hello$/ },
  { why: 'a file that is not there', ask: 'GET dicom/files/none', status: 404, says: /specified file/ },
  {
    why: 'a resource that is not there',
    ask: 'GET scan/resources/NONE/files',
    status: 404,
    says: /specified resource/,
  },
  {
    why: 'a resource that may be absent',
    ask: 'GET scan/resources/NONE/files?accept-not-found=true',
    status: 204,
    says: /^$/,
  },
  {
    why: "a member, of a project's own resources",
    ask: 'PUT /data/projects/DEMO/resources/DOCS',
    as: member,
    status: 403,
    says: /permission/,
  },
  { why: 'an owner, of them', ask: 'PUT /data/projects/DEMO/resources/DOCS', status: 200, says: /^$/ },
  {
    why: 'a member, of a file of them',
    ask: 'PUT /data/projects/DEMO/resources/DOCS/files/a.txt?inbody=true',
    ...{ as: member, body: 'x', status: 200, says: /^$/ },
  },
  {
    why: 'that nothing came of it',
    ask: 'GET /data/projects/DEMO/resources/DOCS/files?format=csv',
    status: 200,
    says: /^[^\n]*\n$/,
  },
  {
    why: 'a member, of a file of a subject',
    ask: 'PUT subject/resources/DOCS/files/E1/a.txt?inbody=true',
    ...{ as: member, body: 'x', status: 200, says: /^$/ },
  },
  {
    why: 'a file of a subject by where it is',
    ask: 'GET subject/resources/DOCS/files?format=csv',
    status: 200,
    says: /\na\.txt,1,\/data\/projects\/DEMO\/subjects\/XNAT_S00001\/resources\/\d+\/files\/E1\/a\.txt,/,
  },
  {
    why: 'a file of a session that is named by its id',
    ask: 'GET /data/experiments/XNAT_E00001/scans/1/files?format=csv',
    status: 200,
    says: /\na\.dcm,3,\/data\/experiments\/XNAT_E00001\/scans\/1\/resources\/1\/files\/a\.dcm,/,
  },
  {
    why: 'a file again',
    ask: 'PUT dicom/files/a.dcm?inbody=true',
    body: 'other',
    status: 200,
    says: /^\{"duplicates":\["a\.dcm"\]\}$/,
  },
  { why: 'no data', ask: 'PUT dicom/files/c', body: 'x', status: 400, says: /identify data/ },
  { why: 'an empty in-body file', ask: 'PUT dicom/files/c?inbody=true', status: 500, says: /FileUploadException/ },
  {
    why: 'a form that says in-body',
    ask: 'PUT dicom/files/c?inbody=true',
    body: new FormData(),
    status: 406,
    says: /in-body/,
  },
  {
    why: 'a path that climbs',
    ask: 'PUT dicom/files/%2e%2e%2Fx?inbody=true',
    body: 'x',
    status: 400,
    says: /not allowed/,
  },
  {
    why: 'a path over the catalog',
    ask: 'PUT dicom/files/DICOM_catalog.xml?inbody=true',
    body: 'x',
    status: 400,
    says: /not allowed/,
  },
  {
    why: 'what is no ZIP',
    ask: 'PUT dicom/files/x.zip?inbody=true&extract=true',
    body: 'no zip',
    status: 400,
    says: /read the archive/,
  },
  {
    why: 'another archive',
    ask: 'PUT dicom/files/x.rar?inbody=true&extract=true',
    body: 'rar',
    status: 400,
    says: /Unsupported/,
  },
  { why: 'a file by a reader', ask: 'PUT dicom/files/r?inbody=true', body: 'x', as: reader, status: 200, says: /^$/ },
  { why: 'a deletion by a member', ask: 'DELETE dicom/files/a.dcm', as: member, status: 403, says: /permission/ },
  { why: 'a refresh of nothing', ask: 'POST /data/services/refresh/catalog', status: 400, says: /resource/ },
  {
    why: 'a refresh by a reader',
    ask: 'POST /data/services/refresh/catalog?resource=/archive/projects/DEMO',
    as: reader,
    status: 403,
    says: /privileges/,
  },
  {
    why: 'the users of a project',
    ask: 'GET /data/projects/DEMO/users?format=csv',
    status: 200,
    says: /DEMO_member,Members,airlock/,
  },
  { why: 'the prearchive code', ask: 'GET /data/projects/DEMO/prearchive_code', status: 200, says: /^4$/ },
  { why: 'an unknown accessibility', ask: 'PUT /data/projects/DEMO/accessibility/open', status: 400, says: /allowed/ },
  { why: 'the types to search', ask: 'GET /data/search/elements?format=csv', status: 200, says: /xnat:ctSessionData/ },
  { why: 'a search of nothing', ask: 'POST /data/search?format=csv', body: '<x/>', status: 400, says: /root element/ },
  { why: 'known fault settings', ask: 'PUT /_faults', body: '{"digests":true}', status: 204, says: /^$/ },
  { why: 'unknown fault settings', ask: 'PUT /_faults', body: '{"boom":1}', status: 400, says: /schema/ },
  { why: 'the front page without credentials', ask: 'GET /', as: '', headers: browser, status: 401, says: /./ },
];

test.each(rows)('answers $status to $why', async ({ ask, status, says, body, headers, as }) => {
  const [, method, place = '', rest = ''] = /^(\w+) (\w*)(.*)$/.exec(ask) ?? [];
  const question = { method, path: `${places[place] ?? ''}${rest}`, body, headers, as };
  const answer = await askXnat(xnat, question);
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.stringMatching(says) });
});
