import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { SignedReceipt } from '../../../core/audit/Receipt.ts';
import type { CliContext } from '../CliContext.ts';
import { homeOf } from './openService.ts';

/** Paths by file number: the one place outside the manifest where they are kept, readable by this user alone. */
const Notes = z.object({ paths: z.array(z.string()) });

type Place = Pick<CliContext, 'env' | 'cwd'>;

const notesFile = (place: Place, submission: string) => join(homeOf(place), 'uploads', `${submission}.json`);

export async function writeNotes(place: Place, submission: string, paths: readonly string[]): Promise<void> {
  await writePrivately(notesFile(place, submission), JSON.stringify({ paths }));
}

/** Undefined when this computer did not send the submission. */
export async function readNotes(place: Place, submission: string): Promise<string[] | undefined> {
  const text = await readFile(notesFile(place, submission), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Notes.parse(JSON.parse(text)).paths;
}

/**
 * Writes the site's own copy of a receipt: the signed document, and beside it the paths its numbers stand for.
 * @returns where it is
 */
export async function writeReceipt(place: Place, signed: SignedReceipt, file?: string): Promise<string> {
  const { submission } = signed.receipt;
  const path = file ?? join(homeOf(place), 'receipts', `${submission}.receipt.json`);
  const paths = await readNotes(place, submission);
  const annex = paths === undefined ? {} : { annex: { paths } };
  await writePrivately(path, `${JSON.stringify({ ...signed, ...annex }, undefined, 2)}\n`);
  return path;
}

async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}
