import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CliContext } from '../CliContext.ts';

/** Gives a signed document: into a file for this user alone, or on stdout. */
export async function giveDocument(
  { out, err, cwd }: CliContext,
  { what, document, output }: { what: string; document: unknown; output: string | undefined },
): Promise<void> {
  if (output === undefined) {
    out(JSON.stringify(document));
    return;
  }
  const path = resolve(cwd, output);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(document)}\n`, { mode: 0o600 });
  err(`${what}: ${path}`);
}
