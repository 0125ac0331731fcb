import { findingCatalogue } from '../../../core/submission/codes/findingCatalogue.ts';
import type { Finding, Review } from '../../../core/submission/contracts/steps.ts';
import type { CliContext, Command } from '../CliContext.ts';
import { examineFiles } from '../engine/examineFiles.ts';
import { jobsOf } from '../engine/jobsOf.ts';
import { openLocalProject } from '../engine/localProject.ts';
import { openFileThreads } from '../engine/openFileThreads.ts';
import { plannedPlaces } from '../engine/plannedPlaces.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { leftOut } from '../files/leftOut.ts';
import { type LocalFile, openLocalInput } from '../files/localInput.ts';
import { counted } from '../terminal/counted.ts';
import { parseArgs } from '../terminal/parseArgs.ts';
import { type Reporter, reporter } from '../terminal/reporter.ts';

/** `airlock validate PATH...`: the pipeline's own examination and review, on this computer; nothing is sent. */
export const validate: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      profile: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  if (positionals.length === 0) throw refusal('usage', 'Cannot validate: name files, folders or ZIPs');
  if (!['text', 'jsonl'].includes(values.format)) throw refusal('usage', '--format is text or jsonl');
  const report = reporter(context, values.format === 'jsonl');
  const project = await openLocalProject(context, { profile: values.profile });
  const { files, skipped } = await openLocalInput(positionals, context.cwd);
  const listed = new Map<string, number>();
  const threads = await openFileThreads({ files, project, jobs: jobsOf(values.jobs), signal: context.signal });
  const { findings, review } = await examineFiles({
    ...{ files, project, threads, report, place: plannedPlaces(files, project.policy) },
    onFile: (file, found) => tellFile({ report, listed }, file, found),
  }).finally(threads.close);
  if (values.format === 'text') tellOmitted(context, listed);
  tellSet(report, files, review);
  tellNotes(report, files, findings);
  return tellSummary(report, { files: files.length, review, notes: findings, skipped });
};

type Reported = Pick<Reporter, 'result'>;

/** What a program wants to know of a finding; people get what decides on a file at once, the rest summed up. */
function eventOf(finding: Finding, path: string | undefined) {
  const { code, ...rest } = finding;
  return { type: 'finding', code, path, ...rest, advice: adviceOf(code) };
}

const adviceOf = (code: string) => Object.entries(findingCatalogue).find(([name]) => name === code)?.[1].advice ?? '';

/** Files of one code that people are shown; programs get all. */
const filesListed = 20;

interface Listing {
  report: Reported;
  /** Files so far by code. */
  listed: Map<string, number>;
}

function tellFile({ report, listed }: Listing, file: LocalFile, findings: readonly Finding[]): void {
  for (const each of findings) {
    const { disposition, code, message } = each;
    const number = disposition === 'accept' ? 0 : (listed.get(code) ?? 0) + 1;
    if (number > 0) listed.set(code, number);
    const line = `${disposition}  ${code}  ${file.path}  ${message}`;
    const lines = number === 1 ? [line, `        ${adviceOf(code)}`] : [line];
    report.result(eventOf(each, file.path), number >= 1 && number <= filesListed ? lines : []);
  }
}

function tellOmitted({ err }: Pick<CliContext, 'err'>, listed: ReadonlyMap<string, number>): void {
  for (const [code, files] of listed) {
    const more = files - filesListed;
    if (more > 0) err(`${code}: ${more} more; --format jsonl lists all of them`);
  }
}

/** Findings of several files, and the files that the rules over the set keep out. */
function tellSet(report: Reported, files: readonly LocalFile[], { findings, excluded }: Review): void {
  for (const each of findings) {
    const { disposition, code, message, file } = each;
    const word = disposition === 'accept' ? 'note' : disposition;
    const line = `${word}  ${code}  ${whichOf(each.files, files[file]?.path)}  ${message}`;
    report.result(eventOf(each, files[file]?.path), [line, `        ${adviceOf(code)}`]);
  }
  for (const { file, code, disposition } of excluded) {
    if (code !== 'DuplicateInstance' && code !== 'InstanceConflict' && code !== 'ResourceUnplaced') continue;
    const { severity, meaning: message, advice } = findingCatalogue[code];
    report.result({ type: 'finding', code, path: files[file]?.path, file, severity, disposition, message, advice }, [
      `${disposition}  ${code}  ${files[file]?.path}  ${message}`,
      `        ${advice}`,
    ]);
  }
}

function tellNotes(report: Reported, files: readonly LocalFile[], findings: readonly Finding[]): void {
  for (const { code, severity, tag = '', files: count = 1, file, message } of onlyNotes(findings)) {
    report.result({ type: 'note', code, severity, tag, files: count, file, message, advice: adviceOf(code) }, [
      `note  ${code}  ${tag}  ${whichOf(count, files[file]?.path)}  ${message}`,
    ]);
  }
}

const whichOf = (count = 1, first = '') => (count === 1 ? first : `${count} files, the first is ${first}`);

/** In all files. */
const countOf = (notes: readonly Finding[]) => notes.reduce((sum, { files = 1 }) => sum + files, 0);

const onlyNotes = (findings: readonly Finding[]) => findings.filter(({ disposition }) => disposition === 'accept');

interface Told {
  files: number;
  review: Review;
  notes: readonly Finding[];
  skipped: { junk: number; links: number };
}

function tellSummary(report: Reported, { files, review, notes, skipped }: Told): number {
  const count = (wanted: string) => review.excluded.filter(({ disposition }) => disposition === wanted).length;
  const [hold, refuse, duplicate] = [count('hold'), count('refuse'), count('duplicate')];
  const accept = files - review.excluded.length;
  const { decision, reasons, sessions } = review;
  const { junk, links } = skipped;
  const summary = {
    files,
    accept,
    hold,
    refuse,
    duplicate,
    notes: countOf(onlyNotes(notes)),
    sessions: sessions.length,
  };
  report.result({ type: 'summary', ...summary, decision, reasons, junk, links }, [
    `${counted(files, 'file')}: ${accept} would be archived, ${hold} held for a person, ${refuse} refused, ${counted(duplicate, 'is a copy', 'are copies')}`,
    ...(junk + links > 0 ? [leftOut(skipped)] : []),
    ...(decision === 'accept' ? [] : [`The submission would be ${decided[decision]}: ${reasons.join(', ')}`]),
  ]);
  // nobody knows what would become of it
  if (review.excluded.some(({ code }) => code === 'FileFailed')) return exitCodes.unexpected;
  if (decision === 'reject' || refuse > 0) return exitCodes.refused;
  return decision === 'hold' || hold > 0 ? exitCodes.held : exitCodes.archived;
}

const decided = { hold: 'held as a whole', reject: 'rejected as a whole' };
