import { parseArgs } from 'node:util';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { ApiProblem } from '../../core/upload/ApiProblem.ts';
import type { Command } from './CliContext.ts';
import { exitCodes } from './exitCodes.ts';
import { refusal } from './exitOf.ts';
import { openService, type Service } from './openService.ts';
import { provenReceipt } from './provenReceipt.ts';

/** `airlock audit verify --submission ID`: proves the chain of events, and that the receipt names a link of it. */
export const auditVerify: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { submission: { type: 'string' } },
  });
  if (positionals.join() !== 'verify' || values.submission === undefined) {
    throw refusal('usage', 'Cannot audit: say `audit verify --submission ID`');
  }
  const service = await openService(context);
  const { events } = await service.api.listEvents(values.submission);
  if (events.length === 0) throw new DomainError('ChainBroken', 'Cannot verify the chain: it has no events');
  if (events.some(({ submission }) => submission !== values.submission)) {
    throw new DomainError('ChainBroken', 'Cannot verify the chain: it belongs to another submission');
  }
  verifyChain(events);
  for (const { seq, at, type, to, code } of events) {
    context.out(`${seq}  ${at}  ${type}  ${to}${code === undefined ? '' : `  ${code}`}`);
  }
  const anchor = await receiptHead(service, values.submission);
  if (anchor !== undefined && events[anchor.seq - 1]?.hash !== anchor.hash) {
    throw new DomainError('ChainBroken', 'Cannot verify the chain: the receipt names another one');
  }
  context.err(`${events.length} events are one whole chain${anchor === undefined ? '' : ', and the receipt says so'}`);
  return exitCodes.archived;
};

/** The head that a proven receipt holds; undefined before there is one. */
async function receiptHead({ api, describe }: Service, submission: string) {
  const signed = await api.getReceipt(submission).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.code === 'ReceiptNotReady') return undefined;
    throw error;
  });
  if (signed === undefined) return undefined;
  await provenReceipt(signed, (await describe()).receiptKey);
  return signed.receipt.chain;
}
