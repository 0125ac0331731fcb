import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { corpusFiles, corpusFolder, hasCorpus } from '../fixtures/corpusFiles.ts';
import { dciodvfyErrors, unreadByDcmtk } from '../fixtures/dicomTools.ts';
import { benchFolder } from './benchFolder.ts';
import { endedCpuSeconds } from './cpuSeconds.ts';
import { deidTools } from './deidTools.ts';
import { identifiers, trapFiles } from './trapFiles.ts';
import { writeSlices } from './writeSlices.ts';

/**
 * `npm run bench:deid`: this project's de-identification beside other tools of this machine, in one run. Files with
 * planted identifiers: which are still there? Real files: which outputs have errors that their inputs have not? CT
 * slices of 0.5 MB: how much CPU time, start of the program included?
 */
const SLICES = 500;
const ROUNDS = 3;

type Tool = ReturnType<typeof deidTools>[number];

const directory = benchFolder();
try {
  const traps = writeFolder(
    'traps',
    trapFiles.map(({ place, bytes }) => [`${place.replaceAll(' ', '-')}.dcm`, bytes]),
  );
  const real = hasCorpus
    ? writeFolder(
        'real',
        corpusFiles().map((path) => [nameOf(path), readFileSync(path)]),
      )
    : undefined;
  const slices = join(directory, 'slices');
  writeSlices(slices, SLICES);
  console.log(`| | leaks in ${trapFiles.length} traps | no output | new IOD errors in real files | files/CPU s |`);
  console.log('|---|---|---|---|---|');
  for (const tool of deidTools(directory).filter(({ isThere }) => isThere)) {
    const leaks = await countLeaks(tool, traps);
    const errors = real === undefined ? 'not run' : await countErrors(tool, real);
    const rate = await measureRate(tool, slices);
    console.log(`| ${tool.name} | ${leaks.leaking.length} | ${leaks.missing} | ${errors} | ${rate.toFixed(0)} |`);
    if (leaks.leaking.length > 0) console.error(`${tool.name} leaves identifiers: ${leaks.leaking.join(', ')}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function nameOf(path: string): string {
  return path.slice(corpusFolder.length + 1).replaceAll('/', '__');
}

function writeFolder(name: string, files: readonly (readonly [string, Uint8Array])[]): string {
  const folder = join(directory, name);
  mkdirSync(folder);
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  return folder;
}

/** Each trap alone: some tools stop at the first file that they refuse, and all traps carry one instance UID. */
async function countLeaks(tool: Tool, traps: string): Promise<{ leaking: string[]; missing: number }> {
  const leaking: string[] = [];
  let missing = 0;
  for (const [number, { place, bytes }] of trapFiles.entries()) {
    const alone = writeFolder(`${tool.name.replaceAll(/\W/g, '')}-trap-${number}`, [['trap.dcm', bytes]]);
    const outputs = await tool.run(alone, `${traps}-out-${tool.name.replaceAll(/\W/g, '')}-${number}`);
    const [output] = outputs.values();
    if (output === undefined) missing += 1;
    else if (identifiers.some((text) => holds(readFileSync(output), text))) leaking.push(place);
  }
  return { leaking, missing };
}

/** Also behind deflate: a data set that inflates is searched inflated. */
function holds(bytes: Buffer, text: string): boolean {
  if (bytes.includes(text)) return true;
  const metaEnd = 132 + 12 + (bytes.length > 144 ? bytes.readUInt32LE(140) : 0);
  try {
    return inflateRawSync(bytes.subarray(metaEnd)).includes(text);
  } catch {
    return false;
  }
}

/** Outputs with an error of dciodvfy that the input has not, or that dcmtk cannot read, of all outputs. */
async function countErrors(tool: Tool, real: string): Promise<string> {
  const outputs = await tool.run(real, join(directory, `real-out-${tool.name.replaceAll(/\W/g, '')}`));
  const logs = writeFolder(`logs-${tool.name.replaceAll(/\W/g, '')}`, []);
  const paths = [...outputs].flat();
  const errors = dciodvfyErrors(paths, logs);
  const unread = new Set(unreadByDcmtk(paths));
  let worse = 0;
  for (const [input, output] of outputs) {
    const [before, after] = [errors.get(input), errors.get(output)];
    const isWorse = canJudge(before) && (after === undefined || [...after].some((error) => !before.has(error)));
    if (isWorse || (!unread.has(input) && unread.has(output))) worse += 1;
  }
  return `${worse} of ${outputs.size}`;
}

/** dciodvfy reads no deflated data set, and crashes on some files. */
function canJudge(errors: Set<string> | undefined): errors is Set<string> {
  return errors !== undefined && ![...errors].some((error) => error.includes('read failed'));
}

/** Files for a second of CPU time, of the best of some rounds: what else runs here counts little. */
async function measureRate(tool: Tool, slices: string): Promise<number> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const output = join(directory, `speed-${round}-${tool.name.replaceAll(/\W/g, '')}`);
    const before = endedCpuSeconds();
    const made = await tool.run(slices, output);
    const seconds = endedCpuSeconds() - before;
    if (made.size !== SLICES) throw new Error(`Cannot measure ${tool.name}: it wrote ${made.size} of ${SLICES} slices`);
    best = Math.max(best, SLICES / seconds);
    rmSync(output, { recursive: true, force: true });
  }
  return best;
}
