import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import type { CliContext, Command } from './CliContext.ts';
import { compareWithArchive, compareWithRemoval } from './compareWithArchive.ts';
import { compareWithFolder } from './compareWithFolder.ts';
import { compareWithPrevious } from './compareWithPrevious.ts';
import { exitCodes } from './exitCodes.ts';
import { refusal } from './exitOf.ts';
import { jsonOf } from './jsonOf.ts';
import { openService } from './openService.ts';
import { provenCertificate, provenReceipt, readKeyFile } from './provenReceipt.ts';

/** The site's own copy: the signed document and, beside it, the paths its numbers stand for. */
const ReceiptCopy = SignedReceipt.extend({ annex: z.object({ paths: z.array(z.string()) }).optional() });

const Proof = z.union([ReceiptCopy, SignedCertificate]);

/**
 * `airlock verify RECEIPT [--local DIR] [--archive] [--previous RECEIPT] [--key FILE]`: proves the signature, then that
 * the files named are in a local folder, then that XNAT holds what the receipt says; of an addendum also that it is one
 * to the receipt given. Of a deletion certificate it proves the signature, then that XNAT holds nothing of it.
 */
export const verify: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      local: { type: 'string' },
      key: { type: 'string' },
      previous: { type: 'string' },
      archive: { type: 'boolean', default: false },
    },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw refusal('usage', 'Cannot verify: name one receipt file');
  const copy = await readReceipt(resolve(context.cwd, path));
  const trusted = await trustedKey(context, values.key);
  if ('certificate' in copy) {
    const { certificate } = await provenCertificate(copy, trusted.key);
    context.err(
      `The certificate is genuine by ${trusted.by}: ${certificate.submission}, issued ${certificate.issuedAt}`,
    );
    const left = values.archive ? await compareWithRemoval(context, certificate) : 0;
    return left === 0 ? exitCodes.archived : exitCodes.integrity;
  }
  const { receipt } = await provenReceipt(copy, trusted.key);
  context.err(`The signature is genuine by ${trusted.by}: ${receipt.submission}, issued ${receipt.issuedAt}`);
  let faults = 0;
  if (values.previous !== undefined) {
    const previous = await readReceipt(resolve(context.cwd, values.previous));
    if ('certificate' in previous) throw refusal('usage', 'Cannot verify: --previous names a receipt');
    faults += compareWithPrevious(context, receipt, (await provenReceipt(previous, trusted.key)).receipt);
  }
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

async function readReceipt(path: string): Promise<z.infer<typeof Proof>> {
  const document = Proof.safeParse(jsonOf(await readFile(path, 'utf8')));
  if (document.success) return document.data;
  throw new DomainError('ReceiptInvalid', 'Cannot verify the receipt: the file does not hold one');
}

/** The key of a file, or the one that the service tells: whoever verifies is shown whom they trust. */
async function trustedKey(context: CliContext, file: string | undefined): Promise<{ key: string; by: string }> {
  if (file !== undefined) return { key: await readKeyFile(resolve(context.cwd, file)), by: 'the given key' };
  const { url, describe } = await openService(context);
  return { key: (await describe()).receiptKey, by: `the key of ${url}` };
}
