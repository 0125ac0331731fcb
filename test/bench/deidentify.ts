import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { hasTool } from '../fixtures/dicomTools.ts';
import { benchFolder } from './benchFolder.ts';
import { type Measured, runMeasured } from './runMeasured.ts';
import { writeEnhancedCt } from './writeEnhancedCt.ts';
import { writeSlices } from './writeSlices.ts';

/**
 * `npm run bench -- deid`: de-identification beside cp and gdcmanon, in one run and in turns: 500 CT slices of 0.5 MB on
 * one core, and one enhanced CT of 1 GB on all. `airlock deid` reads each file twice, as the pipeline does: one reading
 * decides and one writes. The other tools have no first reading, so the second one is measured alone too.
 */
const SLICES = 500;
/** So many show what a further file takes when the program is loaded and compiled. */
const MORE_SLICES = 1000;
const ROUNDS = 3;

type Rival = [name: string, run: (out: string) => Promise<Measured>];

export async function benchDeidentify(): Promise<void> {
  const folder = benchFolder();
  try {
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, '07'.repeat(32));
    await bundleCleanFiles(folder);
    const [few, many] = [join(folder, 'few'), join(folder, 'many')];
    const bytes = writeSlices(few, SLICES);
    writeSlices(many, MORE_SLICES);
    console.log(
      `\nDe-identification, one core: ${SLICES} CT slices, ${(bytes / 1e6).toFixed(0)} MB, start of the program included`,
    );
    const one = join(folder, 'one');
    writeSlices(one, 1);
    // a start that bundles, and compiles what it bundled, is not what people wait for
    for (const [name, run] of rivalsFor(one, { keyFile, folder, cores: 'one' }))
      await run(join(folder, `first ${name}`));
    const ofFew = await compare(folder, { rivals: rivalsFor(few, { keyFile, folder, cores: 'one' }), files: SLICES });
    console.log(`\n${MORE_SLICES} CT slices`);
    const ofMany = await compare(folder, {
      rivals: rivalsFor(many, { keyFile, folder, cores: 'one' }),
      files: MORE_SLICES,
    });
    console.log('\nEach further slice, by CPU time');
    for (const [name, cpuSeconds] of ofMany) {
      const rate = (MORE_SLICES - SLICES) / (cpuSeconds - (ofFew.get(name) ?? 0));
      console.log(`  ${name.padEnd(14)}  ${rate.toFixed(0)} files/s`);
    }
    for (const each of [few, many]) emptyFiles(each);
    const enhanced = join(folder, 'enhanced');
    mkdirSync(enhanced);
    const size = writeEnhancedCt(join(enhanced, '1.dcm'));
    console.log(`\nDe-identification, all cores: one enhanced CT, ${(size / 1e6).toFixed(0)} MB`);
    await compare(folder, { rivals: rivalsFor(enhanced, { keyFile, folder, cores: 'all' }), files: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the command line itself runs (clients/cli/start/bundleCli.ts). */
async function bundleCleanFiles(folder: string): Promise<void> {
  await build({
    entryPoints: ['cleanFiles.ts', '../../clients/cli/files/copyHelperProcess.ts'].map((path) =>
      join(import.meta.dirname, path),
    ),
    entryNames: '[name]',
    outdir: join(folder, 'bundle'),
    ...{ bundle: true, splitting: true, platform: 'node', target: 'node24', format: 'esm' },
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}

interface Setting {
  keyFile: string;
  folder: string;
  cores: 'one' | 'all';
}

function rivalsFor(input: string, { keyFile, folder, cores }: Setting): Rival[] {
  const cli = join(import.meta.dirname, '../../clients/cli/airlock.js');
  const cleanFiles = join(folder, 'bundle/cleanFiles.mjs');
  const jobs = cores === 'one' ? ['--jobs', '1'] : [];
  const deid = (out: string) => ['deid', input, '--out', out, '--key-file', keyFile, ...jobs];
  const rivals: Rival[] = [
    ['cp', (out) => runMeasured('cp', ['-r', '--sparse=never', input, out], cores)],
    ['cleanFile', (out) => runMeasured(process.execPath, [cleanFiles, input, out], cores)],
    ['airlock deid', (out) => runMeasured(process.execPath, [cli, ...deid(out)], cores)],
  ];
  if (!hasTool('gdcmanon')) {
    console.log('notice: gdcmanon is absent, so there is no other tool to compare with');
    return rivals;
  }
  const certificate = join(folder, 'certificate.pem');
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=bench', '-days', '1'];
  spawnSync('openssl', [...asked, '-keyout', join(folder, 'private.pem'), '-out', certificate]);
  return [
    ...rivals,
    ['gdcmanon -e', (out) => runMeasured('gdcmanon', ['-e', '-r', '-c', certificate, '-i', input, '-o', out], cores)],
  ];
}

interface Comparison {
  rivals: Rival[];
  files: number;
}

/**
 * Gives the memory of what was written back. Where many files were deleted within the last five minutes, ext4 looks
 * long for a place for a new one: so they stay until all is measured.
 */
function emptyFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) truncateSync(join(entry.parentPath, entry.name));
}

/** Each in turn, so that a busy moment of the machine does not fall on one alone. Answers the least CPU time of each. */
async function compare(folder: string, { rivals, files }: Comparison): Promise<Map<string, number>> {
  const best = new Map<string, number>();
  const all = new Map<string, Measured[]>(rivals.map(([name]) => [name, []]));
  const outs = mkdtempSync(join(folder, 'outs-'));
  // what was written before goes to the disk now, and not on one of the cores that are measured
  spawnSync('sync');
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of rivals) {
      const out = join(outs, `${name} ${round}`);
      all.get(name)?.push(await run(out));
      emptyFiles(out);
    }
  }
  for (const [name, each] of all) {
    const least = (of: (measured: Measured) => number) => Math.min(...each.map(of));
    const seconds = least((measured) => measured.seconds);
    const cpuSeconds = least((measured) => measured.cpuSeconds);
    best.set(name, cpuSeconds);
    const middle = each.map((measured) => measured.seconds).sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? 0;
    console.log(
      [
        `  ${name.padEnd(14)}`,
        `${seconds.toFixed(2)} s at best, ${middle.toFixed(2)} s in the middle`,
        `CPU ${cpuSeconds.toFixed(2)} s`,
        `${(files / seconds).toFixed(0)} files/s`,
        `peak ${(Math.max(...each.map((measured) => measured.peakBytes)) / 1e6).toFixed(0)} MB`,
      ].join('  '),
    );
  }
  return best;
}
