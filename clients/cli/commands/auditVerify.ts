import type { ChainedEvent } from '../../../core/audit/AuditEvent.ts';
import { hashBytes } from '../../../core/audit/hashJson.ts';
import type { Receipt } from '../../../core/audit/Receipt.ts';
import type { Relabelling } from '../../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../../core/audit/relabellingBytes.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { ApiProblem } from '../../../core/upload/ApiProblem.ts';
import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { provenReceipt, provenRelabelling } from '../proof/provenReceipt.ts';
import { openService, type Service } from '../session/openService.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

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
  const receipt = await receiptOf(service, values.submission);
  if (receipt !== undefined) requireEach(events, receipt);
  for (const addendum of await addendaOf(service, values.submission)) requireAddendum(events, addendum);
  context.err(`${events.length} events are one whole chain${receipt === undefined ? '' : ', and the receipt says so'}`);
  return exitCodes.archived;
};

/** The receipt names a link of the chain, and the chain the receipt: so none of the two can be cut or replaced alone. */
function requireEach(events: readonly ChainedEvent[], receipt: Receipt): void {
  if (events[receipt.chain.seq - 1]?.hash !== receipt.chain.hash) {
    throw new DomainError('ChainBroken', 'Cannot verify the chain: the receipt names another one');
  }
  const sealed = events.find(({ type }) => type === 'receipt.sealed');
  if (sealed?.digests?.receipt === hashBytes(receiptBytes(receipt))) return;
  throw new DomainError('ChainBroken', 'Cannot verify the chain: it does not hold the sealing of the receipt');
}

/** The same of each addendum. */
function requireAddendum(events: readonly ChainedEvent[], relabelling: Relabelling): void {
  const { chain } = relabelling;
  const digest = hashBytes(relabellingBytes(relabelling));
  const isNamed = events.some(({ type, digests }) => type === 'session.relabelled' && digests?.addendum === digest);
  if (isNamed && events[chain.seq - 1]?.hash === chain.hash) return;
  throw new DomainError('ChainBroken', 'Cannot verify the chain: it does not hold the sealing of an addendum');
}

async function addendaOf({ api, describe }: Service, submission: string): Promise<Relabelling[]> {
  const { relabellings } = await api.listRelabellings(submission);
  const trustedKey = (await describe()).receiptKey;
  const proven = relabellings.map((signed) => provenRelabelling(signed, { trustedKey }));
  return (await Promise.all(proven)).map(({ relabelling }) => relabelling);
}

/** The proven receipt; undefined before there is one, or where there is none any more. */
async function receiptOf({ api, describe }: Service, submission: string): Promise<Receipt | undefined> {
  const signed = await api.getReceipt(submission).catch((error: unknown) => {
    if (error instanceof ApiProblem && ['ReceiptNotReady', 'StateConflict'].includes(error.code)) return undefined;
    throw error;
  });
  if (signed === undefined) return undefined;
  await provenReceipt(signed, (await describe()).receiptKey);
  return signed.receipt;
}
