import { readFileSync, rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { writePack } from '../../core/pack/writePack.ts';
import type { Bytes, ScanTarget } from '../../core/submission/ports.ts';
import { forkXnat } from '../../infra/local/xnat/forkXnat.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { peakMemoryOf } from '../fixtures/peakMemoryOf.ts';
import { benchFolder } from './benchFolder.ts';

/**
 * `npm run bench:push [slices] [series]`: slices of 0.5 MB through the XNAT client into the stand-in, packed as the
 * pipeline packs them. Prints files per second, CPU and peak memory of both processes.
 */
const [SLICES = 1000, SERIES = 10] = process.argv.slice(2).map(Number);
/** As S3 hands them out. */
const CHUNK_BYTES = 64 * 1024;

const slices = Array.from({ length: 10 }, (_, instance) => synthesizeCtSlice({ seed: 'bench', series: 1, instance }));
const account = { username: 'airlock', password: 'airlock-password' };
const dataDir = benchFolder();
const xnat = await forkXnat({
  ...{ dataDir, port: 0, projects: ['DEMO'] },
  users: [{ login: account.username, password: account.password, role: 'member' }],
});
try {
  const archive = xnatArchive({ url: xnat.url, ...account, userAgent: 'xnat-airlock/bench' });
  await push(archive, 1, 10);
  const before = { own: process.cpuUsage(), other: cpuSecondsOf(xnat.pid), at: performance.now() };
  for (let series = 2; series < SERIES + 2; series += 1) await push(archive, series, SLICES / SERIES);
  const seconds = (performance.now() - before.at) / 1000;
  const own = process.cpuUsage(before.own);
  await archive.end();
  const megabytes = (SLICES * (slices[0]?.length ?? 0)) / 1e6;
  console.log(`${SLICES} slices in ${SERIES} series, ${megabytes.toFixed(0)} MB: ${seconds.toFixed(2)} s`);
  console.log(`  ${(SLICES / seconds).toFixed(0)} files/s, ${(megabytes / seconds).toFixed(0)} MB/s`);
  console.log(`  CPU of the client ${((own.user + own.system) / 1e6).toFixed(2)} s, packing included`);
  console.log(`  CPU of the stand-in ${(cpuSecondsOf(xnat.pid) - before.other).toFixed(2)} s`);
  console.log(`  peak memory of the client ${(peakMemoryOf(process.pid) / 1e6).toFixed(0)} MB`);
  console.log(`  peak memory of the stand-in ${(peakMemoryOf(xnat.pid) / 1e6).toFixed(0)} MB`);
} finally {
  await xnat.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** What the step Push does with one scan, and Confirm after it. */
async function push(archive: ReturnType<typeof xnatArchive>, series: number, slices: number): Promise<void> {
  const target = targetOf(series);
  await archive.ensureScan(target);
  await archive.putPack(target, { name: 'pack-000001.zip', body: writePack(slicesOf(series, slices), { crc32 }) });
  await archive.readHeaders(target);
  const files = await archive.listFiles(target);
  if (files.length !== slices || files.some(({ md5 }) => md5 === undefined)) throw new Error('Not all files arrived');
}

function targetOf(series: number): ScanTarget {
  return {
    xnatProject: 'DEMO',
    session: { id: 's', subject: 'S', session: 'E', patient: '0', study: '2.25.1', xsiType: 'xnat:ctSessionData' },
    scan: {
      id: 'r',
      session: 's',
      series: `2.25.2${series}`,
      scan: `${series}`,
      modality: 'CT',
      xsiType: 'xnat:ctScanData',
    },
  };
}

async function* slicesOf(series: number, count: number): AsyncGenerator<{ name: string; body: Bytes }> {
  for (let slice = 1; slice <= count; slice += 1) {
    yield { name: `2.25.2${series}.${slice}.dcm`, body: chunksOf(slices[slice % slices.length] ?? new Uint8Array()) };
  }
}

async function* chunksOf(slice: Uint8Array): Bytes {
  for (let at = 0; at < slice.length; at += CHUNK_BYTES) yield slice.subarray(at, at + CHUNK_BYTES);
}

function cpuSecondsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
