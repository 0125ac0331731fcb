import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { SignedCertificate } from '../../../core/audit/DeletionCertificate.ts';
import { SignedReceipt } from '../../../core/audit/Receipt.ts';
import { SignedRelabelling } from '../../../core/audit/Relabelling.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { CliContext, Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { compareWithArchive, compareWithRemoval } from '../proof/compareWithArchive.ts';
import { compareWithFields } from '../proof/compareWithFields.ts';
import { compareWithFolder } from '../proof/compareWithFolder.ts';
import { compareWithLabels } from '../proof/compareWithLabels.ts';
import { compareWithPrevious } from '../proof/compareWithPrevious.ts';
import { provenLinks } from '../proof/provenLinks.ts';
import { provenCertificate, provenReceipt, provenRelabelling, readKeyFile } from '../proof/provenReceipt.ts';
import { labelsTold } from '../session/labelsTold.ts';
import { openService } from '../session/openService.ts';
import { jsonOf } from '../terminal/jsonOf.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

/** The site's own copy: the signed document and, beside it, the paths its numbers stand for. */
const ReceiptCopy = SignedReceipt.extend({ annex: z.object({ paths: z.array(z.string()) }).optional() });

const Proof = z.union([ReceiptCopy, SignedCertificate, SignedRelabelling]);

/**
 * `airlock verify RECEIPT [--local DIR] [--archive] [--previous RECEIPT] [--key FILE]`: proves the signature, then that
 * the files named are in a local folder, then that XNAT holds what the receipt says; of an addendum also that it is one
 * to the receipt given, and of one about labels that XNAT has these. Of a deletion certificate it proves the signature,
 * then that XNAT holds nothing of it.
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
  const checks = { ...values, trusted };
  const faults =
    'relabelling' in copy ? await verifyAddendum(context, copy, checks) : await verifyCopy(context, copy, checks);
  return faults === 0 ? exitCodes.archived : exitCodes.integrity;
};

interface Checks {
  local?: string | undefined;
  previous?: string | undefined;
  archive: boolean;
  trusted: { key: string; by: string };
}

/** Answers how much is not as the receipt says. */
async function verifyCopy(context: CliContext, copy: z.infer<typeof ReceiptCopy>, checks: Checks): Promise<number> {
  const { trusted, local, archive } = checks;
  const { receipt } = await provenReceipt(copy, trusted.key);
  context.err(`The signature is genuine by ${trusted.by}: ${receipt.submission}, issued ${receipt.issuedAt}`);
  let faults = await verifyPrevious(context, copy, checks);
  if (local !== undefined) {
    const folder = resolve(context.cwd, local);
    faults += await compareWithFolder(context, { receipt, paths: copy.annex?.paths, folder });
  }
  if (archive) faults += (await compareWithArchive(context, receipt)) + (await compareWithFields(context, receipt));
  return faults;
}

/** Answers how much is not as the addendum of a relabelling says. */
async function verifyAddendum(context: CliContext, copy: SignedRelabelling, checks: Checks): Promise<number> {
  const { trusted, local, archive } = checks;
  if (local !== undefined) throw refusal('usage', 'Cannot verify: an addendum names no files, its receipt does');
  const { relabelling } = await provenRelabelling(copy, { trustedKey: trusted.key });
  const { submission, issuedAt, from, to } = relabelling;
  context.err(
    `The addendum is genuine by ${trusted.by}: ${submission}, ${labelsTold(from)} became ${labelsTold(to)}, issued ${issuedAt}`,
  );
  const faults = await verifyPrevious(context, copy, checks);
  return archive ? faults + (await compareWithLabels(context, relabelling)) : faults;
}

async function verifyPrevious(
  context: CliContext,
  copy: SignedReceipt | SignedRelabelling,
  { previous, trusted }: Checks,
): Promise<number> {
  if (previous === undefined) return 0;
  const earlier = await readReceipt(resolve(context.cwd, previous));
  if ('certificate' in earlier) throw refusal('usage', 'Cannot verify: --previous names a receipt');
  const links = await provenLinks(copy, trusted.key);
  return compareWithPrevious(context, links, await provenLinks(earlier, trusted.key));
}

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
