import { keptArchive, takeTurn } from '../../core/delivery/takeTurn.ts';
import { advance, requireAttempt } from '../../core/submission/advance.ts';
import { compareArchive } from '../../core/submission/compareArchive.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { readDocument, readLines, writeDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { requirePolicy } from '../../core/submission/requirePolicy.ts';
import { type Confirmation, Delivery, DeliveryItem, Nothing, StepInput } from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ConfirmPorts = Pick<Ports, 'ledger' | 'work' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Asks XNAT itself what it holds: name, size and digest of every file must equal the evidence. It takes its turn as
 * Push does: where XNAT computes no digests, every file is downloaded.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused
 */
export const confirmArchive = (ports: ConfirmPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission } = input;
  const { project } = await requireAttempt(ledger, input);
  await advance(ports, input, { type: 'files.pushed', to: 'confirming' });
  const policy = requirePolicy(policies, project);
  const confirmation: Confirmation = { sessions: [], files: [] };
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const wanted = { policy, session: delivery.session.session, submission };
    await takeTurn(ports, wanted, (turn) =>
      confirmDelivery({ ...ports.archive, ...keptArchive(ports.archive, turn) }, delivery, confirmation),
    );
  }
  await writeDocument(work, workKeys.confirmation(submission), confirmation);
  return {};
};

async function confirmDelivery(
  archive: Pick<Ports['archive'], 'listFiles' | 'digestFile' | 'sessionUri'>,
  delivery: Delivery,
  confirmation: Confirmation,
): Promise<void> {
  const { equal, absent, different, foreign } = await compareArchive(archive, delivery);
  if (equal.length !== delivery.files.length || foreign > 0) {
    throw new DomainError(
      'ArchiveMismatch',
      `Cannot confirm ${delivery.delivery}: ${absent.length} files missing, ${different.length} different, ${foreign} extra`,
    );
  }
  for (const { awaited, listed, md5 } of equal) {
    confirmation.files.push({ file: awaited.file, uri: listed.uri, sizeBytes: listed.sizeBytes, md5 });
  }
  if (confirmation.sessions.some(({ id }) => id === delivery.session.id)) return;
  confirmation.sessions.push({ id: delivery.session.id, uri: await archive.sessionUri(delivery) });
}

export const handler = stepHandler({ input: StepInput, output: Nothing }, confirmArchive);
