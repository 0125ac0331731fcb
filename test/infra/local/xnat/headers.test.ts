import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPackDirectory } from '../../../../core/pack/readPackDirectory.ts';
import { xnatArchive } from '../../../../lambdas/adapters/xnatArchive.ts';
import { targetOf, zipOf } from '../../../contracts/archive.ts';
import { explicitLittle, pixels, withIdentity, writeElements, writeFile } from '../../../fixtures/writeDicom.ts';
import { askXnat } from './askXnat.ts';
import { openXnat } from './openXnat.ts';

const elements = withIdentity(
  { tag: 0x00080020, vr: 'DA', value: '20260304' },
  { tag: 0x00080060, vr: 'CS', value: 'CT' },
  { tag: 0x0008103e, vr: 'LO', value: 'Thorax axial' },
  pixels(new Uint8Array(64)),
);
const dicom = writeFile({ data: writeElements(elements, explicitLittle) });
const target = targetOf(1);
const session = '/data/projects/DEMO/experiments/SESS_1';

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
  const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
  const archive = xnatArchive({ url: xnat.url, ...account });
  await archive.ensureScan(target);
  await archive.putPack(target, {
    name: 'pack-000001',
    body: zipOf({ 'notes.txt': Buffer.from('text'), 'z.dcm': dicom }),
  });
  await archive.readHeaders(target);
});
afterAll(() => xnat.close());

const column = async (path: string, columns: string) =>
  (await askXnat(xnat, { path: `${path}?format=csv&columns=${columns}` })).text.split('\n')[1];

test('takes the fields of a scan from its first DICOM file, passing over other files', async () => {
  const scan = await column(`${session}/scans`, 'ID,type,series_description,UID,modality,frames');
  expect(scan).toMatch(/^2,Thorax axial,Thorax axial,1\.2\.3\.4\.5\.6\.7\.8\.9\.12,CT,2,/);
});

test('leaves the session as it is until it is asked for its headers too', async () => {
  expect(await column('/data/projects/DEMO/experiments', 'label,UID,date')).toMatch(/^SESS_1,2\.25\.11,2026-01-02,/);
  await askXnat(xnat, { method: 'PUT', path: `${session}?pullDataFromHeaders=true` });
  const pulled = await column('/data/projects/DEMO/experiments', 'label,UID,date');
  expect(pulled).toMatch(/^SESS_1,1\.2\.3\.4\.5\.6\.7\.8\.9\.11,2026-03-04,/);
});

test('gives all files of a session as a ZIP under the paths XNAT uses', async () => {
  const headers = {
    Authorization: `Basic ${Buffer.from('admin:admin-password').toString('base64')}`,
    'User-Agent': 't/1',
  };
  const response = await fetch(`${xnat.url}${session}/scans/ALL/files?format=zip`, { headers });
  const zip = Buffer.from(await response.arrayBuffer());
  const entries = await readPackDirectory(async ({ start, end }) => zip.subarray(start, end), zip.length);
  expect(entries.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['SESS_1/scans/2/resources/DICOM/files/notes.txt', 4],
    ['SESS_1/scans/2/resources/DICOM/files/z.dcm', dicom.length],
  ]);
});
