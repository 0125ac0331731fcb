import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { leaveStreamingFlags } from '../start/streamingFlags.js';
import type { OutcomeOf, TaskKind, TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

/** What a thread is asked. */
type Question = { id: number; kind: TaskKind; tasks: readonly unknown[] } | 'stop';
/** What it answers; `outcomes` are those of the tasks' kind, in their order. */
type Answer =
  | { id: number; outcomes: OutcomeOf<TaskKind>[] }
  | { id: number; error: { name: string; message: string; details: Record<string, string> } };

/** A thread that does tasks, one after the other, as they were asked. */
interface FileWorker {
  ask<Kind extends TaskKind>(kind: Kind, tasks: readonly TaskOf<Kind>[]): Promise<OutcomeOf<Kind>[]>;
  /** What is under way cleans up and fails. */
  stop(): void;
  ended: Promise<void>;
}

interface Asked {
  take(outcomes: OutcomeOf<TaskKind>[]): void;
  fail(error: Error): void;
}

/** What a thread is started with. */
export interface FileWorkerData {
  project: LocalProject;
  /** Where compiled code is kept: a thread does not ask its parent. */
  compiledIn: string | undefined;
}

export function openFileWorker(project: LocalProject): FileWorker {
  const compiled = getCompileCacheDir();
  const workerData: FileWorkerData = { project, compiledIn: compiled && dirname(compiled) };
  if (compiled !== undefined) leaveStreamingFlags();
  // beside this one: another source, or another part of the bundle
  const worker = new Worker(new URL(`./fileWorkerProcess${extname(import.meta.url)}`, import.meta.url), { workerData });
  const asked = new Map<number, Asked>();
  let lastId = 0;
  let isOver = false;
  const failAll = (error: Error) => {
    for (const each of asked.values()) each.fail(error);
    asked.clear();
  };
  worker.on('message', (answer: Answer) => {
    const question = asked.get(answer.id);
    asked.delete(answer.id);
    if ('outcomes' in answer) question?.take(answer.outcomes);
    else question?.fail(errorOf(answer.error));
  });
  worker.on('error', failAll);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      isOver = true;
      failAll(endedBefore());
      resolve();
    });
  });
  return {
    ended,
    stop: () => worker.postMessage('stop' satisfies Question),
    async ask<Kind extends TaskKind>(kind: Kind, tasks: readonly TaskOf<Kind>[]): Promise<OutcomeOf<Kind>[]> {
      if (isOver) throw endedBefore();
      lastId += 1;
      const id = lastId;
      worker.postMessage({ id, kind, tasks } satisfies Question);
      return new Promise((resolve, fail) => {
        asked.set(id, { take: (outcomes: OutcomeOf<Kind>[]) => resolve(outcomes), fail });
      });
    },
  };
}

const endedBefore = () => new Error('A thread ended before its work');

const errorOf = ({ name, message, details }: { name: string; message: string; details: Record<string, string> }) =>
  Object.assign(new Error(message), details, { name });
