import type { SubmissionView } from '../../../core/submission/contracts/api.ts';
import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { exitOfSubmission, refusal } from '../exitOf.ts';
import { openService } from '../session/openService.ts';
import { reasonLines } from '../session/reasonLines.ts';
import { counted } from '../terminal/counted.ts';
import { parseArgs } from '../terminal/parseArgs.ts';
import { reporter } from '../terminal/reporter.ts';

/** `airlock status [ID]`: one submission, or the newest of the site. */
export const status: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  if (positionals.length > 1) throw refusal('usage', 'Cannot tell the status: name one submission or none');
  const report = reporter(context, values.json);
  const { api } = await openService(context);
  const [id] = positionals;
  if (id !== undefined) {
    const view = await api.getSubmission(id);
    report.result({ type: 'submission', ...view }, [lineOf(view), ...reasonLines(view.reason)]);
    return exitOfSubmission(view);
  }
  const { items, cursor } = await api.listSubmissions();
  for (const view of items) report.result({ type: 'submission', ...view }, [lineOf(view)]);
  if (cursor !== undefined) context.err('There are older ones');
  return exitCodes.archived;
};

function lineOf({ id, state, reason, project, createdAt, manifest, outcome }: SubmissionView): string {
  const files = manifest === undefined ? '' : `  ${counted(manifest.files, 'file')}`;
  const ended =
    outcome === undefined ? '' : `  archived ${outcome.archived}, held ${outcome.held}, refused ${outcome.refused}`;
  return `${id}  ${state}${reason === undefined ? '' : ` (${reason})`}  ${project}  ${createdAt}${files}${ended}`;
}
