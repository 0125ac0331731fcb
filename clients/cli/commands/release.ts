import type { Command } from '../CliContext.ts';
import { exitOfSubmission, refusal } from '../exitOf.ts';
import { asOperator } from '../session/asOperator.ts';
import { openService } from '../session/openService.ts';
import { waitForArchive } from '../session/waitForArchive.ts';
import { parseArgs } from '../terminal/parseArgs.ts';
import { reporter } from '../terminal/reporter.ts';

/**
 * `airlock release ID [--wait] [--json]`: lets go on what was held, since a person has looked, or what failed, since its
 * cause is mended; with --wait follows it into the archive. Only an operator may. A withdrawal that failed goes on too,
 * and `airlock withdraw` waits for its end.
 */
export const release: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { wait: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw refusal('usage', 'Cannot release: name one submission');
  const report = reporter(context, values.json);
  const service = await openService(context, 'operator');
  const released = await asOperator(() => service.api.resumeSubmission(id));
  const { state, manifest, updatedAt } = released;
  if (values.wait && manifest !== undefined && state !== 'withdrawing') {
    return waitForArchive({ context, service, report }, id, { manifestSha256: manifest.sha256, since: updatedAt });
  }
  const next = state === 'withdrawing' ? `airlock withdraw ${id} -o FILE` : `airlock status ${id}`;
  report.result({ type: 'summary', submission: id, state }, [`${id} goes on: ${state}; see \`${next}\``]);
  return exitOfSubmission(released);
};
