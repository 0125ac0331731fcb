import { type ChildProcess, fork } from 'node:child_process';
import * as z from 'zod';
import { streamingServerFlags } from '../../streamingFlags.ts';
import { ObjectCreated, RequestCounts, type S3Options, type S3Server } from './s3Options.ts';
import type { S3Command } from './s3Process.ts';

const S3Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), url: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  z.object({ kind: z.literal('created'), event: ObjectCreated }),
  z.object({ kind: z.literal('counted'), id: z.int(), counts: RequestCounts }),
]);

interface ForkedS3 extends S3Server {
  pid: number | undefined;
  /** Settles when the process is gone, for whatever reason. */
  exited: Promise<void>;
}

/**
 * The one-machine S3 in a process of its own: hashing is its limit, and it must not wait for anybody's JavaScript.
 * It ends with this process. Rejects when the server cannot start.
 */
export async function forkS3(
  options: S3Options & { onObjectCreated: (event: ObjectCreated) => void },
): Promise<ForkedS3> {
  const { onObjectCreated, ...plain } = options;
  // flags of this process are not the server's: an inherited `-e` would run the caller once more
  const child = fork(new URL('./s3Process.ts', import.meta.url), {
    execArgv: streamingServerFlags,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const questions = new Map<number, (counts: RequestCounts) => void>();
  const url = await new Promise<string>((resolve, reject) => {
    void exited.then(() => reject(new Error('Start S3: its process ended')));
    // stays on: a message to a process that has just died is an error too, and its exit tells the same
    child.on('error', reject);
    child.on('message', (message) => {
      const report = S3Report.parse(message);
      if (report.kind === 'started') resolve(report.url);
      if (report.kind === 'failed') reject(new Error(`Start S3: ${report.reason}`));
      if (report.kind === 'created') onObjectCreated(report.event);
      if (report.kind === 'counted') questions.get(report.id)?.(report.counts);
    });
    send(child, { kind: 'start', options: plain });
  });
  let asked = 0;
  return {
    url,
    pid: child.pid,
    exited,
    counts() {
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        questions.set(id, (counts) => {
          questions.delete(id);
          resolve(counts);
        });
        void exited.then(() => reject(new Error('Count S3 requests: its process ended')));
        send(child, { kind: 'count', id });
      });
    },
    async stop() {
      if (child.connected) send(child, { kind: 'stop' });
      await exited;
    },
  };
}

function send(child: ChildProcess, command: S3Command): void {
  child.send(command);
}
