import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { streamingServerFlags } from '../../streamingFlags.ts';
import type { XnatOptions } from './xnatOptions.ts';

const Ready = z.union([z.object({ url: z.string() }), z.object({ failure: z.string() })]);

interface ForkedXnat {
  url: string;
  /** Of the process, for tests that kill it. */
  pid: number | undefined;
  /** Settles when the process is gone, however it ended. */
  exited: Promise<void>;
  /** Ends the process in good order. */
  stop(): Promise<void>;
}

/** The stand-in in its own process, which ends when this one does. Rejects when it cannot start. */
export async function forkXnat(options: XnatOptions): Promise<ForkedXnat> {
  const child = fork(fileURLToPath(new URL('./xnatProcess.ts', import.meta.url)), {
    execArgv: streamingServerFlags,
    stdio: 'inherit',
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<string>((resolve, reject) => {
    child.once('message', (message) => {
      const answer = Ready.parse(message);
      if ('url' in answer) resolve(answer.url);
      else reject(new Error(`Cannot start the XNAT stand-in: ${answer.failure}`));
    });
    child.once('exit', (code) => reject(new Error(`Cannot start the XNAT stand-in: exit code ${code}`)));
    // stays on: a message to a process that has just died is an error too, and its exit tells the same
    child.on('error', reject);
  });
  child.send(options);
  const url = await ready;
  return {
    url,
    pid: child.pid,
    exited,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
