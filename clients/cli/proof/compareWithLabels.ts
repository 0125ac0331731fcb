import * as z from 'zod';
import type { Relabelling } from '../../../core/audit/Relabelling.ts';
import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';
import { jsonOf } from '../terminal/jsonOf.ts';
import { addressOf, askXnat, xnatAccount } from './askXnat.ts';

const Labelled = z.object({
  items: z.tuple([z.object({ data_fields: z.object({ label: z.string(), subject_ID: z.string().optional() }) })]),
});

/**
 * Asks XNAT for the session of an addendum, by the address that no other label changes.
 * @returns 0 when it has the labels that the addendum gave it, else 1
 * @throws a refusal `configuration`, `authentication` or `temporary`
 */
export async function compareWithLabels(context: CliContext, { uri, to }: Relabelling): Promise<number> {
  const session = await readLabels(context, uri);
  const subject = session?.subject_ID && (await readLabels(context, `/data/subjects/${session.subject_ID}`));
  if (session?.label === to.session && subject && subject.label === to.subject) {
    context.err(`XNAT has the session at ${uri} under these labels`);
    return 0;
  }
  context.out(session === undefined ? `absent  ${uri}` : `differs  ${uri} has other labels by now`);
  return 1;
}

async function readLabels(context: CliContext, path: string) {
  const { origin, authorization } = xnatAccount(context);
  const address = addressOf(origin, path);
  address.searchParams.set('format', 'json');
  const answer = await askXnat(context, address, authorization);
  if (answer.status === 404) return undefined;
  const labelled = Labelled.safeParse(jsonOf(await answer.text()));
  if (labelled.success) return labelled.data.items[0].data_fields;
  throw refusal('temporary', 'Cannot read XNAT: its answer is no session');
}
