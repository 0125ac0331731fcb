import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { adviceOnFile } from '../../../core/submission/codes/adviceOf.ts';
import type { Finding } from '../../../core/submission/contracts/steps.ts';
import type { CliContext, Command } from '../CliContext.ts';
import type { Cleaned, CleanTask } from '../engine/cleanFile.ts';
import { examineFiles } from '../engine/examineFiles.ts';
import { jobsOf } from '../engine/jobsOf.ts';
import { type LocalProject, openLocalProject } from '../engine/localProject.ts';
import { type FileThreads, openFileThreads } from '../engine/openFileThreads.ts';
import type { MapWriter } from '../engine/openMapWriter.ts';
import { type Left, planCleaning } from '../engine/planCleaning.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { copyHelper, isWorthHelp } from '../files/copyHelper.ts';
import { isThere } from '../files/isThere.ts';
import { leftOut } from '../files/leftOut.ts';
import { type LocalFile, openLocalInput } from '../files/localInput.ts';
import { openOutput, withoutOutput } from '../files/openOutput.ts';
import { counted } from '../terminal/counted.ts';
import { parseArgs } from '../terminal/parseArgs.ts';
import { type Reporter, reporter } from '../terminal/reporter.ts';

const options = {
  out: { type: 'string' },
  profile: { type: 'string' },
  'key-file': { type: 'string' },
  jobs: { type: 'string' },
  diff: { type: 'boolean', default: false },
  'diff-values': { type: 'boolean', default: false },
  map: { type: 'string' },
  'map-key': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * `airlock deid PATH... --out DIR|ZIP`: what the pipeline would put into the archive, on this computer; nothing is
 * sent. Files are read twice, as the pipeline does: once to decide on the set, once to write what goes on; of some
 * thousand slices the heads are kept between the two. They are named by mapped series and instance, never as they were.
 */
export const deid: Command = async (args, context) => {
  if (args[0] === 'map') return (await import('./deidMap.ts')).deidMap(args.slice(1), context);
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length === 0) throw refusal('usage', 'Cannot de-identify: name files, folders or ZIPs');
  if (values.out === undefined)
    throw refusal('usage', 'Cannot de-identify: name the folder or ZIP to write with --out');
  const report = reporter(context, values.json);
  const jobs = jobsOf(values.jobs);
  const mapping = await readMapping(context.cwd, values.map, values['map-key']);
  const project = await openLocalProject(context, { profile: values.profile, keyFile: values['key-file'] });
  if (values['key-file'] === undefined) tellDrawnKey(context);
  const listed = await openLocalInput(positionals, context.cwd);
  const map = await mapping?.(project.policy.project);
  const output = await openOutput(resolve(context.cwd, values.out)).catch((error: unknown) => {
    map?.close();
    throw error;
  });
  try {
    const files = await withoutOutput(listed.files, output.folder);
    const threads = await openFileThreads({ files, jobs, project, signal: context.signal });
    const sparesCore = threads.sparesCore && files.some(({ sizeBytes }) => isWorthHelp(sizeBytes));
    // it is loaded while this thread reads
    if (sparesCore) await copyHelper();
    const wants = { out: output.folder, ...wantsOf(values), wantsIdentity: map !== undefined, sparesCore };
    const { written, left } = await cleanFiles({ files, project, threads, report, map }, wants).finally(threads.close);
    await output.finish(written, context.signal);
    await map?.finish();
    if (!values.json) tellAdvice(context, left);
    return tellSummary(report, { files: files.length, written: written.length, left, skipped: listed.skipped });
  } finally {
    map?.close();
    await output.close();
  }
};

/** Reads the key before work begins, so that hours of it do not end in a refusal. */
async function readMapping(cwd: string, path: string | undefined, keyPath: string | undefined) {
  if (path === undefined && keyPath === undefined) return undefined;
  if (path === undefined || keyPath === undefined) {
    throw refusal(
      'usage',
      '--map and --map-key go together: the map is encrypted to the public key of who may open it',
    );
  }
  const to = resolve(cwd, path);
  // loaded for those who want one: it needs Node's ciphers
  const { readPublicKey } = await import('../engine/identifierMap.ts');
  const { openMapWriter } = await import('../engine/openMapWriter.ts');
  const key = readPublicKey(await readFile(resolve(cwd, keyPath), 'utf8'));
  if (await isThere(to)) throw refusal('conflict', 'Cannot write the map: a file of that name is there already');
  return (project: string) => openMapWriter(to, { project, key });
}

type CleanedFile = Extract<Cleaned, { outcome: 'written' }>;

type Wants = Pick<CleanTask, 'out' | 'wantsChanges' | 'wantsValues' | 'wantsIdentity' | 'sparesCore'>;

const wantsOf = (values: { diff: boolean; 'diff-values': boolean }) => ({
  wantsChanges: values.diff || values['diff-values'],
  wantsValues: values['diff-values'],
});

interface Cleaning {
  files: readonly LocalFile[];
  project: LocalProject;
  threads: FileThreads;
  report: Reporter;
  map: MapWriter | undefined;
}

/** Answers the names of what is written. */
async function cleanFiles(
  { files, project, threads, report, map }: Cleaning,
  wants: Wants,
): Promise<{ written: string[]; left: Left[] }> {
  const examined = await examineFiles({ files, project, threads, report, onlyDeciding: true });
  const reasons = new Map(examined.findings.map((each) => [`${each.file} ${each.code}`, each]));
  const { tasks, left } = planCleaning({ files, ...examined, project: project.policy.project }, wants);
  for (const each of left) tellLeft(report, { ...placeOf(reasons.get(`${each.number} ${each.code}`)), ...each });
  const written: string[] = [];
  for await (const each of threads.run('clean', tasks)) {
    if (each.outcome === 'left') {
      left.push(each);
      tellLeft(report, each);
      continue;
    }
    tellWritten(report, each);
    if (each.identity !== undefined) map?.add(each.identity);
    written.push(each.name);
  }
  return { written, left };
}

function tellDrawnKey({ err }: CliContext): void {
  err('Pseudonyms, UIDs and dates are mapped by a key drawn for this run; with --key-file they stay the same');
}

/** What the first reading says of a file that it keeps out; the message of a fault of this program alone is told. */
function placeOf(found: Finding | undefined): Pick<Left, 'message' | 'tag' | 'offset'> {
  if (found === undefined) return {};
  const { code, message, tag, offset } = found;
  return { tag, offset, ...(code === 'FileFailed' ? { message } : {}) };
}

/** By number, as `airlock validate` counts them: what is told here may end in a log. */
function tellLeft({ progress }: Reporter, { number, code, message, tag, offset }: Left): void {
  const why = message === undefined ? code : `${code}: ${message}`;
  progress(
    { type: 'left', file: number, code, tag, offset, message, advice: adviceOnFile(code) },
    `file ${number} is not written: ${why}`,
  );
}

/** Once for each code: of a great many files one advice is enough. */
function tellAdvice({ err }: CliContext, left: readonly Left[]): void {
  for (const code of new Set(left.map((each) => each.code))) err(`${code}: ${adviceOnFile(code)}`);
}

function tellWritten({ result }: Reporter, { number, name, actions, changed }: CleanedFile) {
  const lines = changed?.changes.map(lineOf) ?? [];
  const omitted = changed?.changesOmitted ?? 0;
  const more = omitted > 0 ? [`  and ${omitted} more`] : [];
  result({ type: 'file', file: number, name, actions, ...changed }, [name, ...lines, ...more]);
}

function lineOf({ path, vr, action, rule, before, after }: NonNullable<CleanedFile['changed']>['changes'][number]) {
  const values = before === undefined ? [] : [before, ...(after === undefined ? [] : [after])];
  return [`  ${path} ${vr} ${action}  ${rule}`, ...(values.length > 0 ? [values.join(' → ')] : [])].join('  ');
}

interface Told {
  files: number;
  written: number;
  left: readonly Left[];
  /** What was not read: links are not followed. */
  skipped: { junk: number; links: number };
}

function tellSummary({ progress }: Reporter, { files, written, left, skipped }: Told): number {
  const { junk, links } = skipped;
  const copies = files - written - left.length;
  const line = `${written} of ${counted(files, 'file is', 'files are')} written${copies > 0 ? `; ${counted(copies, 'is a copy of another', 'are copies of others')}` : ''}`;
  const more = junk + links > 0 ? `; ${leftOut(skipped)}` : '';
  progress({ type: 'summary', files, written, left: left.length, copies, junk, links }, `${line}${more}`);
  if (left.length === 0) return exitCodes.archived;
  return written === 0 ? exitCodes.refused : exitCodes.partial;
}
