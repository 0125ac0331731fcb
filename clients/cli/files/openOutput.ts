import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writePack } from '../../../core/pack/writePack.ts';
import { refusal } from '../exitOf.ts';
import { isThere } from './isThere.ts';
import type { LocalFile } from './localInput.ts';
import { nodeCodecs } from './nodeCodecs.ts';

/** Where clean files go: a folder, or a ZIP that is made of a folder beside it when all are there. */
interface Output {
  /** Absolute folder that files are written into. */
  folder: string;
  /** Puts the ZIP under its name, of these files in this order; nothing to do for a folder. */
  finish(names: readonly string[], signal: AbortSignal): Promise<void>;
  /** Removes what nobody needs any more, however the run ended. */
  close(): Promise<void>;
}

/**
 * @param out absolute; a ZIP when its name ends so
 * @throws a refusal `conflict` when a ZIP of that name is there
 */
export async function openOutput(out: string): Promise<Output> {
  if (!/\.zip$/i.test(out)) {
    await mkdir(out, { recursive: true });
    return { folder: await realpath(out), finish: async () => undefined, close: async () => undefined };
  }
  if (await isThere(out)) throw refusal('conflict', 'Cannot write the ZIP: a file of that name is there already');
  await mkdir(dirname(out), { recursive: true });
  const folder = await mkdtemp(join(await realpath(dirname(out)), '.airlock-deid-'));
  const unfinished = `${folder}/${basename(out)}.part`;
  return {
    folder,
    async finish(names, signal) {
      await pipeline(writePack(members(folder, names), nodeCodecs), createWriteStream(unfinished), { signal });
      if (await isThere(out)) throw refusal('conflict', 'Cannot write the ZIP: a file of that name came meanwhile');
      await rename(unfinished, out);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function* members(folder: string, names: readonly string[]) {
  for (const name of names) yield { name, body: createReadStream(join(folder, name)) };
}

/** Files but those of the output, which may lie in the folder that is read. @throws a refusal `usage` for no others */
export async function withoutOutput(files: readonly LocalFile[], folder: string): Promise<LocalFile[]> {
  const roots = new Map<string, string>();
  const kept: LocalFile[] = [];
  for (const file of files) {
    const place = dirname(file.source);
    const real = roots.get(place) ?? (await realpath(place));
    roots.set(place, real);
    if (`${real}/`.startsWith(`${folder}/`) === false) kept.push(file);
  }
  if (kept.length > 0) return kept;
  throw refusal('usage', 'Cannot de-identify: what is read lies in the folder of the output');
}
