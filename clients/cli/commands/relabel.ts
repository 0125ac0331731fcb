import { adviceOf } from '../../../core/submission/codes/adviceOf.ts';
import type { SubmissionView } from '../../../core/submission/contracts/api.ts';
import { RelabelBody } from '../../../core/submission/contracts/api.ts';
import type { SessionLabels } from '../../../core/submission/contracts/Submission.ts';
import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { exitNameOf, exitOfSubmission, refusal } from '../exitOf.ts';
import { provenRelabelling } from '../proof/provenReceipt.ts';
import { asOperator } from '../session/asOperator.ts';
import { followed } from '../session/followed.ts';
import { giveDocument } from '../session/giveDocument.ts';
import { labelsTold } from '../session/labelsTold.ts';
import { openService } from '../session/openService.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

/**
 * `airlock relabel ID [--session NEW] [--subject NEW] [--from LABEL] [-o FILE]`: gives an archived session another label
 * in XNAT, moves it to another subject, or both; waits until XNAT itself says so, and gives the signed addendum to the
 * receipt. `--from` names the session by its label where the submission has several. Only an operator may.
 */
export const relabel: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...{ session: { type: 'string' }, subject: { type: 'string' }, from: { type: 'string' } },
      output: { type: 'string', short: 'o' },
    },
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw refusal('usage', 'Cannot relabel: name one submission');
  const { output, ...labels } = values;
  const wanted = RelabelBody.safeParse(labels);
  if (!wanted.success) {
    throw refusal('usage', 'Cannot relabel: give --session or --subject, of letters, digits, _ and -, 64 at the most');
  }
  const service = await openService(context, 'operator');
  const { attempt, updatedAt } = await asOperator(() => service.api.relabelSubmission(id, wanted.data));
  const ended = await followed(context, service, { id, tell: ['relabelling'], since: updatedAt });
  if (ended.state !== 'archived') {
    context.err(`${id}: ${ended.state} (${ended.reason})`);
    return exitOfSubmission(ended);
  }
  if (ended.relabelRefusal !== undefined) throw refused(ended.relabelRefusal);
  const { events } = await service.api.listEvents(id);
  const done = events.findLast(({ type }) => type === 'session.relabelled');
  if (done?.labels === undefined || done.attempt < attempt) {
    throw refusal('temporary', 'Cannot tell what became of it: ask again');
  }
  const { to } = done.labels;
  const digest = done.digests?.addendum;
  const { receiptKey } = await service.describe();
  const { relabellings } = await service.api.listRelabellings(id);
  const latest = relabellings.findLast(({ relabelling }) => isSame(relabelling.to, to));
  if (digest === undefined)
    context.err(`${id}: session ${to.session} of subject ${to.subject} has these labels already`);
  // by its upload, or by somebody in XNAT
  if (digest === undefined && latest === undefined) return exitCodes.archived;
  const signed = await provenRelabelling(latest, { trustedKey: receiptKey, ...(digest !== undefined && { digest }) });
  const { from, uri } = signed.relabelling;
  context.err(`${id}: ${labelsTold(from)} is ${labelsTold(to)} by now, at ${uri}`);
  await giveDocument(context, { what: 'addendum', document: signed, output });
  return exitCodes.archived;
};

const isSame = (left: SessionLabels, right: SessionLabels) =>
  left.subject === right.subject && left.session === right.session;

/** Nothing was changed. */
function refused({ code, standing }: NonNullable<SubmissionView['relabelRefusal']>): Error {
  const where = standing === undefined ? '' : `: ${standing} has it`;
  const message = `Cannot relabel, and nothing was changed${where}. ${adviceOf(code)}`;
  return Object.assign(refusal(exitNameOf(code), message), { code });
}
