import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forkXnat } from '../../../../infra/local/xnat/forkXnat.ts';
import { startXnat } from '../../../../infra/local/xnat/startXnat.ts';
import { xnatArchive } from '../../../../lambdas/adapters/xnatArchive.ts';
import { md5, targetOf, zipOf } from '../../../contracts/archive.ts';
import { xnatOptions } from './openXnat.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'xnat-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const open = (url: string) =>
  xnatArchive({ url, username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' });
const target = targetOf(1);

test('knows after a restart all that it knew before, laid out on disk as XNAT does', async () => {
  const files = { '1.2.dcm': Buffer.alloc(100_000, 5) };
  const first = await startXnat(xnatOptions(dataDir));
  await open(first.url).ensureScan(target);
  await open(first.url).putPack(target, { name: 'pack-000001', body: zipOf(files) });
  const uri = await open(first.url).sessionUri(target);
  await first.stop();

  const folder = join(dataDir, 'archive/DEMO/arc001/SESS_1/SCANS/2/DICOM');
  expect(await readFile(join(folder, '1.2.dcm'))).toEqual(files['1.2.dcm']);
  expect(await readFile(join(folder, 'DICOM_catalog.xml'), 'utf8')).toContain(`digest="${md5(files['1.2.dcm'])}"`);

  const second = await startXnat(xnatOptions(dataDir));
  expect(await open(second.url).sessionUri(target)).toBe(uri);
  expect(await open(second.url).listFiles(target)).toMatchObject([{ name: '1.2.dcm', md5: md5(files['1.2.dcm']) }]);
  await second.stop();
});

/** Kills in the midst of an upload: after so many bytes of the ZIP were sent, or after so many ms of unpacking. */
test.each([
  { moment: 'while the ZIP arrives', sentShare: 0.5, waitMs: 0 },
  { moment: 'at the end of the ZIP', sentShare: 1, waitMs: 0 },
  { moment: 'while it unpacks', sentShare: 1, waitMs: 20 },
])('lists only whole files after a kill -9 $moment, and takes the pack again', async ({ sentShare, waitMs }) => {
  const names = Array.from({ length: 200 }, (_, index) => `1.2.${index}.dcm`);
  const files = Object.fromEntries(names.map((name, index) => [name, Buffer.alloc(50_000, index)]));
  const zip = Buffer.concat(await Array.fromAsync(zipOf(files)));
  const first = await forkXnat(xnatOptions(dataDir));
  await open(first.url).ensureScan(target);
  await open(first.url).putPack(target, { name: 'pack-000000', body: zipOf({ '1.2.0.dcm': Buffer.alloc(50_000, 0) }) });
  const dying = async function* () {
    yield zip.subarray(0, zip.length * sentShare);
    setTimeout(() => first.pid !== undefined && process.kill(first.pid, 'SIGKILL'), waitMs);
    // the rest waits until the process is gone
    if (sentShare < 1) await first.exited;
    if (sentShare < 1) yield zip.subarray(zip.length * sentShare);
  };
  const upload = open(first.url).putPack(target, { name: 'pack-000001', body: dying() });
  const outcome = await upload.then(
    () => 'stored',
    (error) => error.name,
  );
  await first.exited;

  const second = await forkXnat(xnatOptions(dataDir));
  const archive = open(second.url);
  const listed = await archive.listFiles(target);
  expect(listed).toHaveLength(outcome === 'stored' ? names.length : Math.max(listed.length, 1));
  for (const { name, sizeBytes, md5: digest, uri } of listed) {
    expect({ sizeBytes, digest }).toEqual({ sizeBytes: 50_000, digest: md5(files[name] ?? Buffer.of()) });
    expect((await archive.digestFile(uri)).md5).toBe(digest);
  }
  expect(await readdir(join(dataDir, 'incoming'))).toEqual([]);
  await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
  const again = (await archive.listFiles(target)).map(({ name, md5: digest }) => [name, digest]);
  expect(Object.fromEntries(again)).toEqual(
    Object.fromEntries(names.map((name) => [name, md5(files[name] ?? Buffer.of())])),
  );
  await second.stop();
});

test('ends in good order when it is told to, and tells why it cannot start', async () => {
  const running = await forkXnat(xnatOptions(dataDir));
  const port = Number(new URL(running.url).port);
  await expect(forkXnat({ ...xnatOptions(dataDir), port })).rejects.toThrow(/EADDRINUSE/);
  await running.stop();
  await expect(fetch(`${running.url}/`)).rejects.toThrow();
});
