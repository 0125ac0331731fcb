import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { watchSubmission } from '../../../core/upload/watchSubmission.ts';
import type { CliContext } from '../CliContext.ts';
import { exitOfSubmission } from '../exitOf.ts';
import { provenReceipt } from '../proof/provenReceipt.ts';
import type { Reporter } from '../terminal/reporter.ts';
import { endLines } from './endLines.ts';
import type { Service } from './openService.ts';
import { faultLines, receiptSummary } from './receiptSummary.ts';
import { readNotes, writeReceipt } from './uploadNotes.ts';

interface Waiting {
  context: CliContext;
  service: Service;
  report: Reporter;
}

interface Wanted {
  /** The receipt must be about this manifest. */
  manifestSha256: string;
  /** ISO 8601: states that were entered before are not told. */
  since?: string;
}

/**
 * Tells each state until the submission rests. `archived` is only said with a proven receipt of this manifest.
 * @throws DomainError ReceiptInvalid; ApiProblem
 */
export async function waitForArchive(
  { context, service, report }: Waiting,
  submission: string,
  { manifestSha256, since = '' }: Wanted,
): Promise<number> {
  const watch = watchSubmission({ api: service.api, clock: context.clock }, submission);
  for (;;) {
    const { done, value } = await watch.next();
    if (!done) {
      const { state, at, code } = value;
      if (at < since) continue;
      report.progress(
        { type: 'state', submission, state, at, code },
        code === undefined ? state : `${state} (${code})`,
      );
      continue;
    }
    const { state, reason, outcome } = value;
    if (state === 'archived') await keepReceipt({ context, service, report }, submission, manifestSha256);
    else report.result({ type: 'summary', submission, state, code: reason }, endLines(value));
    return exitOfSubmission({ state, outcome });
  }
}

async function keepReceipt({ context, service, report }: Waiting, submission: string, manifestSha256: string) {
  const { receiptKey } = await service.describe();
  const signed = await provenReceipt(await service.api.getReceipt(submission), receiptKey);
  const { receipt } = signed;
  if (receipt.submission !== submission || receipt.manifest.sha256 !== manifestSha256) {
    throw new DomainError('ReceiptInvalid', 'Cannot accept the receipt: it is not about what was sent');
  }
  const file = await writeReceipt(context, signed);
  report.result(
    { type: 'summary', submission, state: 'archived', ...receipt.totals, sessions: receipt.sessions, receipt: file },
    [
      ...receiptSummary(receipt),
      ...faultLines(receipt, await readNotes(context, submission)),
      `receipt, with your file names beside it: ${file}`,
    ],
  );
}
