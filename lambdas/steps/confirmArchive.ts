import { ScanClaim, SessionClaim } from '../../core/delivery/claims.ts';
import { confirmDelivery } from '../../core/delivery/confirmDelivery.ts';
import { takeTurn } from '../../core/delivery/takeTurn.ts';
import { advance, requireAttempt } from '../../core/submission/advance.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { readDocument, readLines, writeDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { requirePolicy } from '../../core/submission/requirePolicy.ts';
import {
  type ArchiveFinding,
  type Confirmation,
  Delivery,
  DeliveryItem,
  Nothing,
  StepInput,
} from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ConfirmPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Asks XNAT itself what it holds: name, size and digest of every file must equal the evidence. It takes its turn as
 * Push does: where XNAT computes no digests, every file is downloaded, and what is lost or altered is sent once more.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused
 */
export const confirmArchive = (ports: ConfirmPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission, attempt } = input;
  const { project } = await requireAttempt(ledger, input);
  await advance(ports, input, { type: 'files.pushed', to: 'confirming' });
  const policy = requirePolicy(policies, project);
  const confirmation: Confirmation = { sessions: [], files: [] };
  const findings: ArchiveFinding[] = [];
  let repaired = 0;
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const claim = await readDocument(work, workKeys.claim(submission, id), ScanClaim);
    const wanted = { policy, session: delivery.session.session, submission };
    await takeTurn(ports, wanted, async (turn) => {
      const confirmed = await confirmDelivery(ports, { submission, attempt, delivery, claim, turn });
      for (const file of confirmed.files) confirmation.files.push(file);
      for (const finding of confirmed.findings) findings.push(finding);
      repaired += confirmed.repaired;
      if (findings.length === 0) await confirmSession(ports, { submission, delivery, confirmation });
    });
  }
  if (findings.length + repaired > 0) await tellMismatch(ports, input, { ...countOf(findings), repaired });
  if (findings.length > 0) throw mismatch(countOf(findings));
  await writeDocument(work, workKeys.confirmation(submission), confirmation);
  return {};
};

interface Place {
  submission: string;
  delivery: Delivery;
  confirmation: Confirmation;
}

async function confirmSession({ work, archive }: ConfirmPorts, { submission, delivery, confirmation }: Place) {
  const { id } = delivery.session;
  if (confirmation.sessions.some((session) => session.id === id)) return;
  const { previous } = await readDocument(work, workKeys.claim(submission, id), SessionClaim);
  const uri = await archive.sessionUri(delivery);
  confirmation.sessions.push({ id, uri, ...(previous !== undefined && { previous }) });
}

const countOf = (findings: readonly ArchiveFinding[]) => {
  const count = (code: ArchiveFinding['code']) => findings.filter((finding) => finding.code === code).length;
  return {
    missing: count('ArchiveFileMissing'),
    altered: count('ArchiveFileAltered'),
    foreign: count('ArchiveFileForeign'),
  };
};

/** Once an attempt: a step that died after it runs again. */
async function tellMismatch(ports: ConfirmPorts, input: StepInput, counts: Record<string, number>): Promise<void> {
  const told = await ports.ledger.events(input.submission);
  if (told.some(({ type, attempt }) => type === 'archive.differed' && attempt === input.attempt)) return;
  await advance(ports, input, { type: 'archive.differed', code: 'ArchiveMismatch', counts });
}

const mismatch = ({ missing, altered, foreign }: ReturnType<typeof countOf>) =>
  new DomainError(
    'ArchiveMismatch',
    `Cannot confirm the submission: ${missing} files missing, ${altered} altered, ${foreign} extra`,
  );

export const handler = stepHandler({ input: StepInput, output: Nothing }, confirmArchive);
