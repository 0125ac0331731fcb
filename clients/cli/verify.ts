import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import type { CliContext, Command } from './CliContext.ts';
import { compareWithArchive } from './compareWithArchive.ts';
import { compareWithFolder } from './compareWithFolder.ts';
import { exitCodes } from './exitCodes.ts';
import { refusal } from './exitOf.ts';
import { jsonOf } from './jsonOf.ts';
import { openService } from './openService.ts';
import { provenReceipt, readKeyFile } from './provenReceipt.ts';

/** The site's own copy: the signed document and, beside it, the paths its numbers stand for. */
const ReceiptCopy = SignedReceipt.extend({ annex: z.object({ paths: z.array(z.string()) }).optional() });

/**
 * `airlock verify RECEIPT [--local DIR] [--archive] [--key FILE]`: proves the signature, then that the files named are
 * in a local folder, then that XNAT holds what the receipt says.
 */
export const verify: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { local: { type: 'string' }, key: { type: 'string' }, archive: { type: 'boolean', default: false } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw refusal('usage', 'Cannot verify: name one receipt file');
  const copy = await readReceipt(resolve(context.cwd, path));
  const trusted = await trustedKey(context, values.key);
  const { receipt } = await provenReceipt(copy, trusted.key);
  context.err(`The signature is genuine by ${trusted.by}: ${receipt.submission}, issued ${receipt.issuedAt}`);
  let faults = 0;
  if (values.local !== undefined) {
    faults += await compareWithFolder(context, {
      receipt,
      paths: copy.annex?.paths,
      folder: resolve(context.cwd, values.local),
    });
  }
  if (values.archive) faults += await compareWithArchive(context, receipt);
  return faults === 0 ? exitCodes.archived : exitCodes.integrity;
};

async function readReceipt(path: string): Promise<z.infer<typeof ReceiptCopy>> {
  const document = ReceiptCopy.safeParse(jsonOf(await readFile(path, 'utf8')));
  if (document.success) return document.data;
  throw new DomainError('ReceiptInvalid', 'Cannot verify the receipt: the file does not hold one');
}

/** The key of a file, or the one that the service tells: whoever verifies is shown whom they trust. */
async function trustedKey(context: CliContext, file: string | undefined): Promise<{ key: string; by: string }> {
  if (file !== undefined) return { key: await readKeyFile(resolve(context.cwd, file)), by: 'the given key' };
  const { url, describe } = await openService(context);
  return { key: (await describe()).receiptKey, by: `the key of ${url}` };
}
