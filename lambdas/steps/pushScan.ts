import { keptArchive, type Turn, takeTurn } from '../../core/delivery/takeTurn.ts';
import { requireAttempt } from '../../core/submission/advance.ts';
import { compareArchive } from '../../core/submission/compareArchive.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { readDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { requirePolicy } from '../../core/submission/requirePolicy.ts';
import { Delivery, DeliveryInput, Nothing } from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type PushPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Brings one scan into XNAT, byte by byte. Looks before it writes: what is there already is not sent again, so an
 * interrupted push goes on where it stopped, and nothing of somebody else is touched.
 * @throws DomainError XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict
 */
export const pushScan = (ports: PushPorts) => async (input: DeliveryInput) => {
  const { ledger, work, policies } = ports;
  const { submission, item } = input;
  const { project } = await requireAttempt(ledger, input);
  const delivery = await readDocument(work, workKeys.delivery(submission, item.delivery), Delivery);
  const wanted = { policy: requirePolicy(policies, project), session: delivery.session.session, submission };
  await takeTurn(ports, wanted, (turn) => push(ports, delivery, turn));
  return {};
};

async function push({ clean, archive }: PushPorts, delivery: Delivery, turn: Turn): Promise<void> {
  await archive.ensureScan(delivery);
  const { absent, different, foreign } = await compareArchive(keptArchive(archive, turn), delivery);
  if (different.length > 0 || foreign > 0) {
    throw new DomainError(
      'XnatConflict',
      `Cannot push ${delivery.delivery}: its scan holds ${different.length} other files of these names and ${foreign} of other names`,
    );
  }
  const awaited = new Set(absent.map(({ pack }) => pack));
  for (const { key } of delivery.packs) {
    if (!awaited.has(key)) continue;
    await archive.putPack(delivery, { name: nameOf(key), body: turn.keeping(clean.read(key)) });
  }
  await turn.keep();
  await archive.readHeaders(delivery);
}

const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);

export const handler = stepHandler({ input: DeliveryInput, output: Nothing }, pushScan);
