import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deidentify } from '../../../core/deid/deidentify.ts';
import type { ElementChange } from '../../../core/deid/edits/listChanges.ts';
import type { Layout } from '../../../core/deid/edits/writeOutput.ts';
import { identityMap } from '../../../core/deid/identity/identityMap.ts';
import type { DetachedFile } from '../../../core/dicom/detachFile.ts';
import { formatTag, placeIn } from '../../../core/dicom/dicomFault.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { readText } from '../../../core/dicom/readText.ts';
import { limits } from '../../../core/policy/limits.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { refusal } from '../exitOf.ts';
import { type CopyHelper, copyHelper, isWorthHelp } from '../files/copyHelper.ts';
import type { LocalFile } from '../files/localInput.ts';
import { nodeCodecs } from '../files/nodeCodecs.ts';
import { openInput, streamInput } from '../files/streamInput.ts';
import { becameAnother, isUnreadable } from '../files/unreadable.ts';
import { valuesByPath } from '../files/valuesByPath.ts';
import { wholeFile } from '../files/wholeFile.ts';
import { takeRead } from './keptReads.ts';
import type { LocalProject } from './localProject.ts';
import type { Left } from './planCleaning.ts';

export interface CleanTask {
  number: number;
  file: LocalFile;
  /** As it was examined, by its mapped SOP Instance UID: another one that took its place goes by other names. */
  instance?: string | undefined;
  labels: { project: string; subject: string; session: string };
  /** Absolute folder, and the name in it: mapped series and instance. */
  out: string;
  name: string;
  wantsChanges: boolean;
  /** With values before and after, which identify people. */
  wantsValues: boolean;
  wantsIdentity: boolean;
  /** A processor has nothing else to do: it can copy large pixels. */
  sparesCore: boolean;
}

type MappedUid = [original: string, mapped: string];

/** What stood in a file and what stands for it now: this is what a key holder may want back. */
export interface MappedIdentity {
  patientId: string;
  issuer: string;
  subject: string;
  shiftDays: number;
  /** Original and mapped study and series UID. */
  sharedUids: MappedUid[];
  instanceUids: MappedUid;
}

type Change = ElementChange & {
  before?: string;
  after?: string;
};

/** The first of them, and how many more there are. */
interface Changes {
  changes: Change[];
  changesOmitted: number;
}

export type Cleaned =
  | {
      outcome: 'written';
      number: number;
      name: string;
      actions: Record<string, number>;
      changed?: Changes;
      identity?: MappedIdentity;
    }
  | ({ outcome: 'left' } & Left);

/**
 * De-identifies one file into the folder. It appears under its name only when it is whole and all is known that is told
 * of it; a fault of its data is an outcome, a fault of the disk written to is thrown, and so is one of this program.
 */
export async function cleanFile(task: CleanTask, project: LocalProject, signal: AbortSignal): Promise<Cleaned> {
  const { number, name } = task;
  const cleaned = await cleanOpened(task, project, signal).catch(whyNot);
  if ('code' in cleaned) return { outcome: 'left', number, ...cleaned };
  return { outcome: 'written', number, name, ...cleaned };
}

type Told = Pick<Extract<Cleaned, { outcome: 'written' }>, 'actions' | 'changed' | 'identity'>;

interface Opened {
  input: ReturnType<typeof openInput>;
  /** What the first reading kept of it. */
  read: DetachedFile | undefined;
  signal: AbortSignal;
}

async function cleanOpened(task: CleanTask, project: LocalProject, signal: AbortSignal): Promise<Told> {
  const input = openInput(task.file);
  try {
    const read = takeRead(task.file, input.state());
    const identity = task.wantsIdentity ? await readIdentity(task, project, read) : undefined;
    const cleaned = await cleanInput(task, project, { input, read, signal });
    return { ...cleaned, ...(identity === undefined ? {} : { identity }) };
  } finally {
    await input.close();
  }
}

function firstOf(all: Iterable<ElementChange>): Changes {
  const changes: Change[] = [];
  let changesOmitted = 0;
  for (const each of all) {
    if (changes.length < limits.changesPerFile) changes.push(each);
    else changesOmitted += 1;
  }
  return { changes, changesOmitted };
}

/**
 * Of a file of its own the pixels are copied as they lie there, large ones beside the proof; what is packed passes
 * through.
 */
async function cleanInput(
  task: CleanTask,
  project: LocalProject,
  { input, read, signal }: Opened,
): Promise<Omit<Told, 'identity'>> {
  const { file, labels, out, name, sparesCore } = task;
  const path = join(out, name);
  const helper = sparesCore && isWorthHelp(file.sizeBytes) ? await copyHelper() : undefined;
  const { file: from } = input;
  const output = wholeFile(path);
  const copyBeside = (of: number, by: CopyHelper) => async (layout: Layout) => {
    await makeFolder(dirname(path));
    output.copyPixels({ ...layout, from: of }, by);
  };
  const onLayout = from === undefined || helper === undefined ? undefined : copyBeside(from, helper);
  try {
    const cleaned = await deidentify(input.body, { codecs: nodeCodecs, ...project, labels, read, onLayout });
    if (cleaned.instance !== (task.instance ?? cleaned.instance)) becameAnother();
    const splice = from === undefined ? undefined : await cleaned.splice();
    await makeFolder(dirname(path));
    await output.write(splice !== undefined && from !== undefined ? { ...splice, from } : cleaned.output, signal);
    const first = task.wantsChanges ? firstOf(cleaned.changes()) : undefined;
    cleaned.release();
    const changed = first && (await withValues(task, first, output.path));
    // its name and labels are those of the file that was examined
    input.requireSame();
    output.keep();
    return { actions: cleaned.actions, ...(changed === undefined ? {} : { changed }) };
  } finally {
    await output.close();
  }
}

/** Its message is not told: the code has a meaning, and the place says where. */
function whyNot(error: unknown): Omit<Left, 'number'> {
  if (isUnreadable(error)) return { code: 'FileUnreadable' };
  if (!DomainError.is(error)) throw error;
  const { offset, tag } = placeIn(error) ?? {};
  return {
    code: error.name === 'PackInvalid' ? 'PackEntryBroken' : error.name,
    ...(offset === undefined ? {} : { offset }),
    ...(tag === undefined ? {} : { tag: formatTag(tag) }),
  };
}

/** Reads what was and what is once more: the engine itself never tells a value. */
async function withValues({ file, name, wantsValues }: CleanTask, changed: Changes, written: string): Promise<Changes> {
  if (!wantsValues) return changed;
  const pathsOf = (changes: readonly Change[]) => new Set(changes.map(({ path }) => path));
  const before = await valuesByPath(streamInput(file), pathsOf(changed.changes));
  const after = await valuesByPath(
    streamInput({ path: name, sizeBytes: (await lstat(written)).size, source: written }),
    pathsOf(changed.changes.filter(({ action }) => action === 'changed')),
  ).catch((error: unknown) => {
    throw isUnreadable(error) ? refusal('local', 'Cannot read what was written: the disk does not give it') : error;
  });
  const changes = changed.changes.map((change) => ({
    ...change,
    ...(before.has(change.path) ? { before: before.get(change.path) ?? '' } : {}),
    ...(after.has(change.path) ? { after: after.get(change.path) ?? '' } : {}),
  }));
  return { ...changed, changes };
}

/** Folders of series that this process has made or looked at. */
const folders = new Set<string>();

async function makeFolder(folder: string): Promise<void> {
  if (folders.has(folder)) return;
  await mkdir(folder, { recursive: true });
  // a link that lies in the folder already would lead out of it
  if (!(await lstat(folder)).isDirectory()) {
    throw refusal('conflict', 'Cannot write: a folder of the output is a link');
  }
  folders.add(folder);
}

/** Where the file was not read already, a reading of the head alone. */
async function readIdentity(
  { file, labels }: CleanTask,
  project: LocalProject,
  known: DetachedFile | undefined,
): Promise<MappedIdentity> {
  const body = streamInput(file)[Symbol.asyncIterator]();
  try {
    const read = known ?? (await readDicom({ [Symbol.asyncIterator]: () => body }, nodeCodecs));
    const text = (tag: number) => readText(read.head, read.index, tag) ?? '';
    const { mapUid, shiftDays } = identityMap(read, project);
    const mapped = (tag: number): MappedUid => [text(tag), mapUid(text(tag))];
    return {
      patientId: text(0x00100020),
      issuer: text(0x00100021),
      subject: labels.subject,
      shiftDays,
      sharedUids: [mapped(0x0020000d), mapped(0x0020000e)],
      instanceUids: mapped(0x00080018),
    };
  } finally {
    await body.return?.();
  }
}
