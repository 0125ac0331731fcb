import { WithdrawalReason } from '../../../core/submission/contracts/WithdrawalReason.ts';
import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { exitOfSubmission, refusal } from '../exitOf.ts';
import { provenCertificate } from '../proof/provenReceipt.ts';
import { asOperator } from '../session/asOperator.ts';
import { followed } from '../session/followed.ts';
import { giveDocument } from '../session/giveDocument.ts';
import { openService } from '../session/openService.ts';
import { counted } from '../terminal/counted.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

/**
 * `airlock withdraw ID [--reason consent|mistake|other] [-o FILE]`: takes back what was sent, wherever it is by now,
 * waits until it is gone, and gives the signed certificate of that. Only an operator may.
 */
export const withdraw: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { reason: { type: 'string', default: 'other' }, output: { type: 'string', short: 'o' } },
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw refusal('usage', 'Cannot withdraw: name one submission');
  const reason = WithdrawalReason.safeParse(values.reason);
  if (!reason.success) throw refusal('usage', 'Cannot withdraw: --reason is consent, mistake or other');
  const service = await openService(context, 'operator');
  const { updatedAt } = await asOperator(() => service.api.withdrawSubmission(id, { reason: reason.data }));
  const ended = await followed(context, service, { id, tell: ['withdrawing', 'withdrawn'], since: updatedAt });
  if (ended.state !== 'withdrawn') {
    context.err(`${id}: ${ended.state} (${ended.reason})`);
    return exitOfSubmission(ended);
  }
  const { receiptKey } = await service.describe();
  const signed = await provenCertificate(await service.api.getCertificate(id), receiptKey);
  const { objects, archive } = signed.certificate;
  const files = archive.reduce((sum, session) => sum + session.files.length, 0);
  context.err(
    `${id} is withdrawn: ${counted(files, 'file is', 'files are')} gone from XNAT, ${counted(objects, 'object')} from storage`,
  );
  context.err('Where it was sent from, notes and copies of receipts under AIRLOCK_HOME still hold file names');
  await giveDocument(context, { what: 'certificate', document: signed, output: values.output });
  return exitCodes.archived;
};
