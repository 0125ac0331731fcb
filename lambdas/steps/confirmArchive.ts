import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { ScanClaim, SessionClaim } from '../../core/delivery/claims.ts';
import { type Confirmed, confirmDelivery } from '../../core/delivery/confirm/confirmDelivery.ts';
import { confirmFields } from '../../core/delivery/confirm/confirmFields.ts';
import { confirmInstances } from '../../core/delivery/confirm/confirmInstances.ts';
import { keepMismatches } from '../../core/delivery/confirm/keepMismatches.ts';
import { readBackBy } from '../../core/delivery/confirm/readBackBy.ts';
import { releasedOthers } from '../../core/delivery/confirm/releasedOthers.ts';
import { pushDelivery } from '../../core/delivery/push/pushDelivery.ts';
import { settlePrearchive } from '../../core/delivery/push/settlePrearchive.ts';
import { type Turn, takeTurn } from '../../core/delivery/turns/takeTurn.ts';
import { turnFor } from '../../core/delivery/turns/turnFor.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import type { OnConflict } from '../../core/submission/contracts/Submission.ts';
import {
  type ArchiveFinding,
  type Confirmation,
  ConfirmedDelivery,
  ConfirmOutput,
  Delivery,
  DeliveryItem,
  StepInput,
} from '../../core/submission/contracts/steps.ts';
import { deliveryPolicy } from '../../core/submission/planning/deliveryPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { readDocument, readLines, writeDocument } from '../../core/submission/storage/documents.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ConfirmPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'archive' | 'registers' | 'clock' | 'policies'>;

/**
 * Asks XNAT itself what it holds: name, size and digest of every file must equal the evidence. It takes its turn as
 * Push does: where XNAT computes no digests, every file is downloaded, and what is lost or altered is sent once more.
 * What went by the prearchive is brought in first, or waited for, and compared by its instances; files that are no DICOM
 * follow it then. Last, the sessions are told of their submission. What stays wrong holds the submission: a person looks,
 * and nothing of others is touched.
 * @throws DomainError ArchiveMismatch, XnatUncommitted, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict,
 *   ScanTaken
 */
export const confirmArchive = (ports: ConfirmPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission, attempt } = input;
  const current = await requireAttempt(ledger, input);
  // it ran before, to its end
  if (current.state === 'held') return { decision: 'hold' as const };
  const { onConflict = 'fail' } = current;
  await advance(ports, input, { type: 'files.pushed', to: 'confirming' });
  const policy = deliveryPolicy(policies, current);
  if (policy.delivery.route === 'prearchive') {
    const onWaiting = (counts: Record<string, number>) =>
      tellOnce(ports, input, { type: 'delivery.prearchived', counts });
    await settlePrearchive(ports, {
      submission,
      attempt,
      policy,
      deliveries: readDeliveries(work, submission),
      onWaiting,
    });
  }
  const confirmation: Confirmation = { sessions: [], files: [] };
  const findings: ArchiveFinding[] = [];
  const released = await releasedAttempts(ledger, submission);
  const told = new Map<string, Delivery>();
  let repaired = 0;
  for await (const delivery of readDeliveries(work, submission)) {
    await takeTurn(ports, turnFor(delivery, { policy, submission }), async (turn) => {
      await requireAttempt(ledger, input);
      const confirmed = await confirmOnce(ports, input, { policy, delivery, onConflict, released, turn });
      for (const file of confirmed.files) confirmation.files.push(file);
      for (const finding of confirmed.findings) findings.push(finding);
      repaired += confirmed.repaired;
      if (findings.length === 0) await confirmSession(ports, { submission, delivery, confirmation });
    });
    told.set(delivery.session.id, delivery);
  }
  if (findings.length + repaired > 0) {
    const counts = { ...countOf(findings), repaired };
    await tellOnce(ports, input, { type: 'archive.differed', code: 'ArchiveMismatch', counts });
  }
  if (findings.length > 0) return hold(ports, input, findings);
  for (const delivery of [...told.values()].filter(({ fields }) => fields.length > 0)) {
    const tell = async () => {
      await requireAttempt(ledger, input);
      await tellSession(ports, { submission, delivery, confirmation });
    };
    await takeTurn(ports, turnFor(delivery, { policy, submission }), tell);
  }
  // nothing of a submission that is withdrawn by now comes back into WORK
  await requireAttempt(ledger, input);
  await writeDocument(work, workKeys.confirmation(submission), confirmation);
  return { decision: 'accept' as const };
};

/** Attempts that ended in a hold, after which a person let the submission go on. */
const releasedAttempts = async (ledger: Ports['ledger'], submission: string) =>
  (await ledger.events(submission)).flatMap(({ type, attempt }) =>
    type === 'submission.released' ? [attempt - 1] : [],
  );

/** Ends the attempt: a person looks, and a release lets files of others stand and sends ours once more. */
async function hold(ports: ConfirmPorts, input: StepInput, findings: readonly ArchiveFinding[]) {
  const reason = [...new Set(findings.map(({ code }) => code))].join(' ');
  const patch = { reason, interruptedIn: 'confirming' } as const;
  await advance(ports, input, { type: 'submission.held', to: 'held', code: reason, counts: countOf(findings), patch });
  return { decision: 'hold' as const };
}

async function* readDeliveries(work: Ports['work'], submission: string): AsyncGenerator<Delivery> {
  for (const { delivery } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    yield await readDocument(work, workKeys.delivery(submission, delivery), Delivery);
  }
}

interface Confirm {
  policy: ProjectPolicy;
  delivery: Delivery;
  onConflict: OnConflict;
  /** Attempts whose findings of foreign files a person has let be. */
  released: readonly number[];
  turn: Turn;
}

/** What this attempt has read back already is kept: digests by download take long, and XNAT may go away meanwhile. */
async function confirmOnce(ports: ConfirmPorts, input: StepInput, confirming: Confirm): Promise<Confirmed> {
  const key = workKeys.confirmed(input.submission, input.attempt, confirming.delivery.delivery);
  if ((await ports.work.head(key)) !== undefined) {
    return { ...(await readDocument(ports.work, key, ConfirmedDelivery)), findings: [] };
  }
  const { files, findings, repaired } = await confirm(ports, input, confirming);
  if (findings.length === 0) await writeDocument(ports.work, key, { files, repaired } satisfies ConfirmedDelivery);
  return { files, findings, repaired };
}

async function confirm(ports: ConfirmPorts, { submission, attempt }: StepInput, { policy, ...confirming }: Confirm) {
  const { delivery, onConflict, released, turn } = confirming;
  const { work, clean, registers, clock } = ports;
  // one by one: a function has no other ports than its own, and opens each when it is asked for
  const reading = { work, clean, registers, clock, archive: readBackBy(policy, ports.archive) };
  const isDicom = delivery.scan.resource === undefined;
  const isByPrearchive = policy.delivery.route === 'prearchive';
  if (isByPrearchive && !isDicom)
    await pushDelivery(ports, { submission, delivery, onConflict, turn, leavesOthers: true });
  const found = { submission, attempt, delivery: delivery.delivery };
  const { names, others } = await readDocument(ports.work, workKeys.claim(submission, delivery.delivery), ScanClaim);
  const leftThere = await releasedOthers(ports.work, { ...found, attempts: released });
  const claim = { names, others: [...others, ...leftThere] };
  if (!isByPrearchive || !isDicom) return confirmDelivery(reading, { submission, attempt, delivery, claim, turn });
  const confirmed = await confirmInstances(reading, { submission, delivery, claim, turn });
  if (confirmed.findings.length > 0) await keepMismatches(ports.work, found, confirmed.findings);
  return confirmed;
}

interface Place {
  submission: string;
  delivery: Delivery;
  confirmation: Confirmation;
}

async function confirmSession(
  { work, archive }: ConfirmPorts,
  { submission, delivery, confirmation }: Place,
): Promise<void> {
  const { session, scan } = delivery;
  const before = await readDocument(work, workKeys.claim(submission, session.id), SessionClaim);
  const isOfScan = scan.resource === undefined || scan.resource.level === 'scan';
  const made = isOfScan && !before.scans.includes(scan.scan) ? [scan.scan] : [];
  const confirmed = confirmation.sessions.find(({ id }) => id === session.id);
  if (confirmed !== undefined) {
    confirmed.made.scans = [...new Set([...confirmed.made.scans, ...made])];
    return;
  }
  const { previous, isNew, isSubjectNew } = before;
  confirmation.sessions.push({
    ...{ id: session.id, uri: await archive.sessionUri(delivery) },
    made: { subject: isSubjectNew, session: isNew, scans: made },
    ...(previous !== undefined && { previous }),
  });
}

/** By its fields. */
async function tellSession(ports: ConfirmPorts, { submission, delivery, confirmation }: Place): Promise<void> {
  const place = confirmation.sessions.find(({ id }) => id === delivery.session.id);
  if (place === undefined) return;
  const fields = await confirmFields(ports, { submission, delivery, uri: place.uri });
  if (fields.length > 0) place.fields = fields;
}

const countOf = (findings: readonly ArchiveFinding[]) => {
  const count = (code: ArchiveFinding['code']) => findings.filter((finding) => finding.code === code).length;
  return {
    missing: count('ArchiveFileMissing'),
    altered: count('ArchiveFileAltered'),
    foreign: count('ArchiveFileForeign'),
  };
};

interface Told {
  type: ChainedEvent['type'];
  code?: string;
  counts: Record<string, number>;
}

/** Once an attempt: a step that died after it runs again. */
async function tellOnce(ports: ConfirmPorts, input: StepInput, event: Told): Promise<void> {
  const told = await ports.ledger.events(input.submission);
  if (told.some(({ type, attempt }) => type === event.type && attempt === input.attempt)) return;
  await advance(ports, input, event);
}

export const handler = stepHandler({ input: StepInput, output: ConfirmOutput }, confirmArchive);
