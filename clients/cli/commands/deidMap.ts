import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '../CliContext.ts';
import { openMap, readPrivateKey } from '../engine/identifierMap.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

/** `airlock deid map FILE --key PRIVATE.pem`: opens a map of `airlock deid` and prints it as JSON: identifying data. */
export const deidMap: Command = async (args, { cwd, out }) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string' } } });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1 || values.key === undefined) {
    throw refusal('usage', 'Cannot open a map: name one file, and with --key the private key');
  }
  const key = readPrivateKey(await readFile(resolve(cwd, values.key), 'utf8'));
  out(JSON.stringify(openMap(await readFile(resolve(cwd, path), 'utf8'), key), undefined, 2));
  return exitCodes.archived;
};
