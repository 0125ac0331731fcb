import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { builtPaths } from './buildWhenStale.ts';

/** Two series of a person who does not exist: about 20 MB. */
const series = [1, 2];
const slicesPerSeries = 32;
const size = { rows: 384, columns: 384 };

const Archived = z.object({
  type: z.literal('summary'),
  state: z.literal('archived'),
  submission: z.string(),
  archived: z.int(),
  sessions: z.array(z.object({ subject: z.string(), session: z.string(), uri: z.string() })),
  receipt: z.string(),
});
export type ArchivedSample = z.infer<typeof Archived>;

interface Sending {
  dataDir: string;
  project: string;
  onLine: (line: string) => void;
  /** Ends the upload. */
  signal: AbortSignal;
}

/** What became of the sample study, if it was archived already. */
export async function archivedSample(dataDir: string): Promise<ArchivedSample | undefined> {
  const text = await readFile(notePath(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Archived.parse(JSON.parse(text));
}

/**
 * Sends the sample study the way a site does: with the command line, in a process of its own. What an earlier start
 * began is resumed. Answers what the command line proved to be archived; throws when it proved nothing.
 */
export async function sendSample({ dataDir, project, onLine, signal }: Sending): Promise<ArchivedSample> {
  const folder = join(dataDir, 'sample');
  await writeSlices(folder);
  const begun = await readFile(begunPath(dataDir), 'utf8').catch(() => undefined);
  const target = begun === undefined ? ['--project', project] : ['--resume', begun];
  const cli = join(builtPaths.root, 'clients/cli/airlock.js');
  const preload = new URL('./endWithParent.ts', import.meta.url).href;
  const command = ['--import', preload, cli, 'upload', folder, ...target, '--wait', '--json'];
  const child = spawn(process.execPath, command, {
    env: { ...process.env, AIRLOCK_HOME: dataDir },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const end = () => child.kill();
  signal.addEventListener('abort', end);
  const ended = once(child, 'exit');
  let archived: ArchivedSample | undefined;
  for await (const line of createInterface({ input: child.stdout ?? Readable.from([]) })) {
    const event: unknown = JSON.parse(line);
    const opened = Opened.safeParse(event).data;
    if (opened !== undefined) await writeFile(begunPath(dataDir), opened.submission, { mode: 0o600 });
    archived ??= Archived.safeParse(event).data;
    onLine(line);
  }
  const [code] = await ended;
  if (code === 0 && archived !== undefined) {
    await writeFile(notePath(dataDir), JSON.stringify(archived), { mode: 0o600 });
    return archived;
  }
  // what ended for good is not resumed: the next start sends anew
  if (!resumableCodes.includes(code)) await rm(begunPath(dataDir), { force: true });
  throw new Error(`The sample study is not archived: the command line ended with exit code ${code}`);
}

const Opened = z.object({ type: z.literal('opened'), submission: z.string() });
/** Killed, temporary and interrupted, as the command line tells them. */
const resumableCodes: readonly unknown[] = [null, 5, 130];
const begunPath = (dataDir: string) => join(dataDir, 'sample-begun');
const notePath = (dataDir: string) => join(dataDir, 'sample.json');

async function writeSlices(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.part`;
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  for (const number of series) {
    for (let instance = 1; instance <= slicesPerSeries; instance += 1) {
      const slice = synthesizeCtSlice({ seed: 'sample', series: number, instance, ...size });
      await writeFile(join(unfinished, `${number}-${String(instance).padStart(3, '0')}.dcm`), slice);
    }
  }
  await rename(unfinished, folder);
}
