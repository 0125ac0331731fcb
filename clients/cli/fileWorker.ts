import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OutcomeOf, TaskKind, TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

/** What a thread is asked. */
type Question = { id: number; kind: TaskKind; task: unknown } | 'stop';
/** What it answers; `outcome` is that of the task's kind. */
type Answer =
  | { id: number; outcome: OutcomeOf<TaskKind> }
  | { id: number; error: { name: string; message: string; details: Record<string, string> } };

/** A thread that does tasks; several may be under way. */
interface FileWorker {
  ask<Kind extends TaskKind>(kind: Kind, task: TaskOf<Kind>): Promise<OutcomeOf<Kind>>;
  /** What is under way cleans up and fails. */
  stop(): void;
  ended: Promise<void>;
}

interface Asked {
  take(outcome: OutcomeOf<TaskKind>): void;
  fail(error: Error): void;
}

export function openFileWorker(project: LocalProject): FileWorker {
  const worker = new Worker(
    // beside this one: another source, or another part of the bundle
    new URL(`./fileWorkerProcess${extname(import.meta.url)}`, import.meta.url),
    { workerData: project },
  );
  const asked = new Map<number, Asked>();
  let lastId = 0;
  const failAll = (error: Error) => {
    for (const each of asked.values()) each.fail(error);
    asked.clear();
  };
  worker.on('message', (answer: Answer) => {
    const question = asked.get(answer.id);
    asked.delete(answer.id);
    if ('outcome' in answer) question?.take(answer.outcome);
    else question?.fail(errorOf(answer.error));
  });
  worker.on('error', failAll);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      failAll(new Error('A thread ended before its work'));
      resolve();
    });
  });
  return {
    ended,
    stop: () => worker.postMessage('stop' satisfies Question),
    ask<Kind extends TaskKind>(kind: Kind, task: TaskOf<Kind>): Promise<OutcomeOf<Kind>> {
      lastId += 1;
      const id = lastId;
      worker.postMessage({ id, kind, task } satisfies Question);
      return new Promise((resolve, fail) => {
        asked.set(id, { take: (outcome: OutcomeOf<Kind>) => resolve(outcome), fail });
      });
    },
  };
}

const errorOf = ({ name, message, details }: { name: string; message: string; details: Record<string, string> }) =>
  Object.assign(new Error(message), details, { name });
