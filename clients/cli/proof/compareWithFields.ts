import * as z from 'zod';
import { hashBytes } from '../../../core/audit/hashJson.ts';
import type { Receipt } from '../../../core/audit/Receipt.ts';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';
import { counted } from '../terminal/counted.ts';
import { jsonOf } from '../terminal/jsonOf.ts';
import { addressOf, askXnat, xnatAccount } from './askXnat.ts';

const Variable = z.object({ data_fields: z.object({ name: z.string(), field: z.coerce.string().optional() }) });
const Session = z.object({
  items: z.tuple([
    z.object({
      data_fields: z.record(z.string(), z.unknown()),
      children: z.array(z.object({ field: z.string(), items: z.array(z.unknown()) })).default([]),
    }),
  ]),
});

/**
 * Asks XNAT what the fields of the sessions say that a submission filled; one without a value in the receipt says the
 * receipt's own digest.
 * @returns how many say something else
 * @throws a refusal `configuration`, `authentication` or `temporary`
 */
export async function compareWithFields(context: CliContext, receipt: Receipt): Promise<number> {
  const sha256 = hashBytes(receiptBytes(receipt));
  let compared = 0;
  let faults = 0;
  for (const { uri, fields = [] } of receipt.sessions) {
    if (fields.length === 0) continue;
    const standing = await readFields(context, uri);
    for (const { name, value = sha256 } of fields) {
      compared += 1;
      if (standing.get(name) === value) continue;
      faults += 1;
      context.out(`differs  field ${name}  ${uri}`);
    }
  }
  if (compared > 0)
    context.err(
      `${compared - faults} of ${counted(compared, 'field of sessions says', 'fields of sessions say')} what the receipt says`,
    );
  return faults;
}

async function readFields(context: CliContext, uri: string): Promise<Map<string, unknown>> {
  const { origin, authorization } = xnatAccount(context);
  const address = addressOf(origin, uri);
  address.searchParams.set('format', 'json');
  const answer = await askXnat(context, address, authorization);
  if (answer.status === 404) return new Map();
  const session = Session.safeParse(jsonOf(await answer.text()));
  if (!session.success) throw refusal('temporary', 'Cannot read XNAT: its answer is no session');
  const [{ data_fields, children }] = session.data.items;
  const custom = children
    .filter(({ field }) => field === 'fields/field')
    .flatMap(({ items }) => items.map((item) => Variable.parse(item).data_fields));
  return new Map([...Object.entries(data_fields), ...custom.map(({ name, field }) => [name, field] as const)]);
}
