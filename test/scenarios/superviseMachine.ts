import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ClientConfig } from '../../core/upload/clientCredentials.ts';
import { choosePorts } from '../../infra/local/choosePorts.ts';
import { XnatAccount } from '../../infra/local/openKeyring.ts';

/**
 * Where a machine dies: as a state is entered or a function is invoked, by name, or after that share of the time that
 * the machine took to start, which tells how long a cold step works, at the latest as the function has ended.
 */
const Death = z.object({ at: z.string(), share: z.number() });
export type Death = z.infer<typeof Death>;

export const Mortality = z.object({ dataDir: z.string(), portBase: z.int(), death: Death.optional() });

const Ready = z.object({
  client: ClientConfig,
  xnat: XnatAccount,
  s3: z.object({
    endpoint: z.url(),
    credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
    auditBucket: z.string(),
  }),
});
export type Ready = z.infer<typeof Ready>;

/** Starts a machine again and again on the same data and ports. */
export async function superviseMachine(dataDir: string) {
  const portBase = await freePortBase();
  const living = new Set<ChildProcess>();
  return {
    async start(death?: Death) {
      const order = JSON.stringify({ dataDir, portBase, death } satisfies z.infer<typeof Mortality>);
      const child = fork(fileURLToPath(new URL('./mortalMachine.ts', import.meta.url)), [order], {
        // every process that it starts inherits the mark
        env: { ...process.env, AIRLOCK_SCENARIO: dataDir },
      });
      living.add(child);
      child.once('exit', () => living.delete(child));
      const ended = once(child, 'exit').then(([code, signal]) => String(code ?? signal));
      const ready = once(child, 'message').then(([message]) => Ready.parse(message));
      // a machine may be told to die before it is ready
      const begun = await Promise.race([ready, ended.then(() => undefined)]);
      return {
        ...{ begun, ended },
        async stop() {
          child.send('stop');
          await ended;
        },
      };
    },
    /** Ends those that did not die as they were told: one left alive would keep whoever reads our output waiting. */
    async end() {
      await Promise.all(
        [...living].map(async (child) => {
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }),
      );
    },
    /** Ids of the processes of this machine that live. */
    async processes(): Promise<string[]> {
      const ids = (await readdir('/proc').catch(() => [])).filter((id) => /^\d+$/.test(id));
      const marked = await Promise.all(
        ids.map(async (id) => {
          const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
          return environment.includes(dataDir) ? [id] : [];
        }),
      );
      return marked.flat();
    },
  };
}

/** Five free ports in a row, below those that the kernel gives away. */
async function freePortBase(): Promise<number> {
  for (let candidate = 22_000 + (process.pid % 900) * 10; ; candidate += 5) {
    const ports = await choosePorts(candidate).catch(() => undefined);
    if (ports !== undefined) return candidate;
  }
}
