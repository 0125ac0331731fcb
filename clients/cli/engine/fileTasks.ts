import { gradeOf } from '../../../core/policy/gradeOf.ts';
import { findingCatalogue } from '../../../core/submission/codes/findingCatalogue.ts';
import type { Finding } from '../../../core/submission/contracts/steps.ts';
import { type Digested, type DigestTask, digestFile } from '../files/digestFile.ts';
import { type Cleaned, type CleanTask, cleanFile } from './cleanFile.ts';
import { type Examined, type ExamineTask, examineFile } from './examineFile.ts';
import type { LocalProject } from './localProject.ts';
import { ownFault } from './ownFault.ts';

interface TaskTypes {
  examine: { task: ExamineTask; outcome: Examined };
  digest: { task: DigestTask; outcome: Digested };
  clean: { task: CleanTask; outcome: Cleaned };
}

export type TaskKind = keyof TaskTypes;
export type TaskOf<Kind extends TaskKind> = TaskTypes[Kind]['task'];
export type OutcomeOf<Kind extends TaskKind> = TaskTypes[Kind]['outcome'];

interface Work<Kind extends TaskKind> {
  run(task: TaskOf<Kind>, project: LocalProject, signal: AbortSignal): Promise<OutcomeOf<Kind>>;
  /** What becomes of a file that brings out a fault of this program. */
  fail(task: TaskOf<Kind>, failed: Finding): OutcomeOf<Kind>;
  /** Its outcome may be ten MB: it waits for no others. */
  tellsMuch?(task: TaskOf<Kind>): boolean;
}

/** The work that threads do, one file at a time; tasks and outcomes are plain data. */
const fileTasks: { [Kind in TaskKind]: Work<Kind> } = {
  examine: {
    run: examineFile,
    fail: ({ number, file: { sizeBytes } }, failed) => ({
      fact: { file: number, sizeBytes, disposition: failed.disposition },
      findings: [failed],
    }),
  },
  digest: { run: digestFile, fail: ({ number }, failed) => ({ file: number, failed }) },
  clean: {
    run: cleanFile,
    fail: ({ number }, { code, message }) => ({ outcome: 'left', number, code, message }),
    // what became of each element
    tellsMuch: ({ wantsChanges }) => wantsChanges,
  },
};

export const tellsMuch = <Kind extends TaskKind>(kind: Kind, task: TaskOf<Kind>): boolean =>
  fileTasks[kind].tellsMuch?.(task) ?? false;

/**
 * One after the other: reading and writing block, so that two at once would only take turns. One file that brings out a
 * fault of this program does not take a night's work of the others with it.
 */
export async function* doTasks<Kind extends TaskKind>(
  { kind, tasks }: { kind: Kind; tasks: readonly TaskOf<Kind>[] },
  project: LocalProject,
  signal: AbortSignal,
): AsyncGenerator<OutcomeOf<Kind>, void> {
  const { run, fail } = fileTasks[kind];
  for (const task of tasks) {
    signal.throwIfAborted();
    yield await run(task, project, signal).catch((error: unknown) => fail(task, failedAt(task, project, error)));
  }
}

function failedAt({ number: file }: { number: number }, { policy }: LocalProject, error: unknown): Finding {
  const message = `${findingCatalogue.FileFailed.meaning}: ${ownFault(error)}`;
  return { code: 'FileFailed', file, ...gradeOf('FileFailed', policy), message };
}
