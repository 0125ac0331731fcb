import { pushDelivery } from '../../core/delivery/push/pushDelivery.ts';
import { pushPrearchive } from '../../core/delivery/push/pushPrearchive.ts';
import { takeTurn } from '../../core/delivery/turns/takeTurn.ts';
import { turnFor } from '../../core/delivery/turns/turnFor.ts';
import { requireAttempt } from '../../core/submission/attempts/advance.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { Delivery, DeliveryInput, Nothing } from '../../core/submission/contracts/steps.ts';
import { deliveryPolicy } from '../../core/submission/planning/deliveryPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type PushPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Brings one scan into XNAT when it is its turn: byte by byte, or by its prearchive.
 * @throws DomainError XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict, LabelTaken, StudyElsewhere,
 *   SessionExists, ScanTaken
 */
export const pushScan = (ports: PushPorts) => async (input: DeliveryInput) => {
  const { ledger, work, policies } = ports;
  const { submission, item } = input;
  const current = await requireAttempt(ledger, input);
  const { onConflict = 'fail' } = current;
  const delivery = await readDocument(work, workKeys.delivery(submission, item.delivery), Delivery);
  const policy = deliveryPolicy(policies, current);
  const isByPrearchive = policy.delivery.route === 'prearchive';
  // nothing but DICOM fits into a prearchive: Confirm puts it beside its session once that is archived
  if (isByPrearchive && delivery.scan.resource !== undefined) return {};
  const push = isByPrearchive ? pushPrearchive : pushDelivery;
  await takeTurn(ports, turnFor(delivery, { policy, submission }), async (turn) => {
    await requireAttempt(ledger, input);
    await push(ports, { submission, delivery, onConflict, turn });
  });
  return {};
};

export const handler = stepHandler({ input: DeliveryInput, output: Nothing }, pushScan);
