import { pushDelivery } from '../../core/delivery/pushDelivery.ts';
import { takeTurn } from '../../core/delivery/takeTurn.ts';
import { requireAttempt } from '../../core/submission/advance.ts';
import { readDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { requirePolicy } from '../../core/submission/requirePolicy.ts';
import { Delivery, DeliveryInput, Nothing } from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type PushPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Brings one scan into XNAT, byte by byte, when it is its turn.
 * @throws DomainError XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict, LabelTaken, StudyElsewhere,
 *   SessionExists, ScanTaken
 */
export const pushScan = (ports: PushPorts) => async (input: DeliveryInput) => {
  const { ledger, work, policies } = ports;
  const { submission, item } = input;
  const { project, onConflict = 'fail' } = await requireAttempt(ledger, input);
  const delivery = await readDocument(work, workKeys.delivery(submission, item.delivery), Delivery);
  const wanted = { policy: requirePolicy(policies, project), session: delivery.session.session, submission };
  await takeTurn(ports, wanted, (turn) => pushDelivery(ports, { submission, delivery, onConflict, turn }));
  return {};
};

export const handler = stepHandler({ input: DeliveryInput, output: Nothing }, pushScan);
