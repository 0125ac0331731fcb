import { type Cleaned, type CleanTask, cleanFile } from './cleanFile.ts';
import { digestFile } from './digestFile.ts';
import { type Examined, type ExamineTask, examineFile } from './examineFile.ts';
import type { LocalFile } from './localInput.ts';
import type { LocalProject } from './localProject.ts';

interface TaskTypes {
  examine: { task: ExamineTask; outcome: Examined };
  digest: { task: { number: number; file: LocalFile }; outcome: { file: number; sha256?: string } };
  clean: { task: CleanTask; outcome: Cleaned };
}

export type TaskKind = keyof TaskTypes;
export type TaskOf<Kind extends TaskKind> = TaskTypes[Kind]['task'];
export type OutcomeOf<Kind extends TaskKind> = TaskTypes[Kind]['outcome'];

/** The work that threads do, one file at a time; tasks and outcomes are plain data. */
const fileTasks: {
  [Kind in TaskKind]: (task: TaskOf<Kind>, project: LocalProject, signal: AbortSignal) => Promise<OutcomeOf<Kind>>;
} = { examine: examineFile, digest: digestFile, clean: cleanFile };

/** One after the other: reading and writing block, so that two at once would only take turns. */
export async function* doTasks<Kind extends TaskKind>(
  { kind, tasks }: { kind: Kind; tasks: readonly TaskOf<Kind>[] },
  project: LocalProject,
  signal: AbortSignal,
): AsyncGenerator<OutcomeOf<Kind>, void> {
  for (const task of tasks) {
    signal.throwIfAborted();
    yield await fileTasks[kind](task, project, signal);
  }
}
