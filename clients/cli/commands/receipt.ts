import { resolve } from 'node:path';
import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { refusal } from '../exitOf.ts';
import { provenReceipt, provenRelabelling } from '../proof/provenReceipt.ts';
import { labelsTold } from '../session/labelsTold.ts';
import { openService } from '../session/openService.ts';
import { receiptSummary } from '../session/receiptSummary.ts';
import { writeReceipt } from '../session/uploadNotes.ts';
import { parseArgs } from '../terminal/parseArgs.ts';

/** `airlock receipt ID [-o FILE]`: fetches and proves a receipt; a file also holds the site's own paths. */
export const receipt: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o' } },
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw refusal('usage', 'Cannot get a receipt: name one submission');
  const service = await openService(context);
  const { receiptKey } = await service.describe();
  const signed = await provenReceipt(await service.api.getReceipt(id), receiptKey);
  for (const line of receiptSummary(signed.receipt)) context.err(line);
  const { relabellings } = await service.api.listRelabellings(id);
  for (const each of relabellings) {
    const { from, to, uri } = (await provenRelabelling(each, { trustedKey: receiptKey })).relabelling;
    context.err(`since then: ${labelsTold(from)} is ${labelsTold(to)} at ${uri}`);
  }
  if (values.output === undefined) context.out(JSON.stringify(signed));
  else context.err(`receipt: ${await writeReceipt(context, signed, resolve(context.cwd, values.output))}`);
  return exitCodes.archived;
};
