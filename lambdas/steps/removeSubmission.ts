import { certificateBytes } from '../../core/audit/certificateBytes.ts';
import { type DeletionCertificate, SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { placedByNow } from '../../core/delivery/change/placedByNow.ts';
import { placedInPrearchive } from '../../core/delivery/change/placedInPrearchive.ts';
import { type PlacedSession, PlacedSessions, placedByClaims } from '../../core/delivery/change/planWithdrawal.ts';
import { removePlaced } from '../../core/delivery/change/removePlaced.ts';
import { removePrearchived } from '../../core/delivery/change/removePrearchived.ts';
import { requireNotElsewhere } from '../../core/delivery/change/requireNotElsewhere.ts';
import { holdLease, submissionLease, withdrawalHolder } from '../../core/delivery/turns/holdLease.ts';
import { takeTurn } from '../../core/delivery/turns/takeTurn.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys, cleanKeys, quarantineKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { Nothing, StepInput } from '../../core/submission/contracts/steps.ts';
import { WithdrawalReason } from '../../core/submission/contracts/WithdrawalReason.ts';
import { deliveryPolicy } from '../../core/submission/planning/deliveryPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { readDocument, writeDocument } from '../../core/submission/storage/documents.ts';
import { removeUploads } from '../../core/submission/storage/removeUploads.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type RemovePorts = Pick<
  Ports,
  | 'ledger'
  | 'staging'
  | 'uploads'
  | 'work'
  | 'clean'
  | 'quarantine'
  | 'audit'
  | 'archive'
  | 'removal'
  | 'registers'
  | 'signer'
  | 'clock'
  | 'policies'
>;

/** More often than one curator can bring back what is removed. */
const LOOKS = 3;

/**
 * Takes a submission back: removes what it put into XNAT and all that storage holds of it, looks that it is gone, and
 * signs that. The ledger and AUDIT keep what happened. Safe to run twice.
 * @throws DomainError RemovalIncomplete, XnatUnavailable, XnatBusy, XnatRefused, StorageUnavailable
 */
export const removeSubmission = (ports: RemovePorts) => async (input: StepInput) => {
  const submission = await requireAttempt(ports.ledger, input);
  const { certificate } = await sealedCertificate(ports, submission);
  // last, since it holds the plan of the removal
  await ports.work.removeAll(workKeys.all(submission.id));
  const digests = { certificate: hashBytes(certificateBytes(certificate)) };
  const counts = {
    objects: certificate.objects,
    files: certificate.archive.reduce((sum, { files }) => sum + files.length, 0),
  };
  await advance(ports, input, {
    ...{ type: 'submission.withdrawn', to: 'withdrawn', code: certificate.reason, digests, counts },
    // the labels that the site asked for may have named a person
    patch: { reason: certificate.reason, subject: undefined, session: undefined },
  });
  return {};
};

/** The certificate that stands: a second run must not sign another one. */
async function sealedCertificate(ports: RemovePorts, submission: Submission): Promise<SignedCertificate> {
  const { audit, signer } = ports;
  const key = auditKeys.certificate(submission.id);
  if ((await audit.head(key)) === undefined) {
    const certificate = await remove(ports, submission);
    const value = await signer.sign(certificateBytes(certificate));
    const signature = { algorithm: 'Ed25519', publicKey: await signer.publicKey(), value } as const;
    await writeDocument(audit, key, { certificate, signature } satisfies SignedCertificate, { ifAbsent: true });
  }
  return readDocument(audit, key, SignedCertificate);
}

async function remove(ports: RemovePorts, submission: Submission): Promise<DeletionCertificate> {
  const { id, attempt, site, project, chain } = submission;
  const holder = withdrawalHolder(id);
  // an older attempt ends at its next turn; one that writes, or signs, at this moment is waited for
  await holdLease(ports, { name: submissionLease(id), holder }, async () => undefined);
  const receipt = await receiptOf(ports, id);
  const policy = withoutHours(deliveryPolicy(ports.policies, submission));
  const archive: DeletionCertificate['archive'] = [];
  const take = async (places: PlacedSession[]) => {
    for (const placed of places) {
      const { subject, session, told = { subject, session }, uri, scans } = placed;
      const shared = [...new Set(scans.flatMap((scan) => scan.shared ?? []))];
      const wanted = { policy, session, shared, submission: id, holder };
      const remove = isPrearchived(placed) ? removePrearchived : removePlaced;
      const removed = await takeTurn(ports, wanted, () => remove(ports, { submission: id, placed }));
      archive.push({ ...told, uri, files: scans.flatMap(({ files }) => files), ...removed });
    }
  };
  let plan = await planned(ports, submission, receipt);
  await take(plan);
  // a curator may have archived meanwhile what lay in the prearchive; nothing is gone that is found at a last look
  for (let look = 1; receipt === undefined; look += 1) {
    const left = (await placedByDelivery(ports, id)).filter(({ scans }) => scans.some(({ files }) => files.length > 0));
    if (left.length === 0) break;
    if (look > LOOKS) throw new DomainError('RemovalIncomplete', 'Cannot withdraw: its files come back into XNAT');
    plan = [...plan, ...left];
    await writeDocument(ports.work, workKeys.withdrawal(id), plan);
    await take(left);
  }
  if (receipt === undefined && policy.delivery.route === 'prearchive') await requireNotElsewhere(ports, id);
  return {
    ...{ v: 1, kind: 'deletion', submission: id, attempt, site, project, chain, archive },
    reason: await reasonOf(ports, id),
    ...(receipt !== undefined && { receipt: hashBytes(receiptBytes(receipt.receipt)) }),
    objects: await removeStored(ports, id),
    issuedAt: ports.clock.now(),
  };
}

/** Found out before the first removal, and added to before a later one: a second run would find less. */
async function planned(
  ports: RemovePorts,
  submission: Submission,
  receipt: SignedReceipt | undefined,
): Promise<PlacedSession[]> {
  const { work, policies } = ports;
  const { id } = submission;
  const key = workKeys.withdrawal(id);
  if ((await work.head(key)) === undefined) {
    const { xnatProject } = deliveryPolicy(policies, submission);
    const placed =
      receipt === undefined ? await placedByDelivery(ports, id) : await placedByNow(ports, submission, xnatProject);
    await writeDocument(work, key, placed, { ifAbsent: true });
  }
  return readDocument(work, key, PlacedSessions);
}

/** First the prearchive: what leaves it meanwhile for the archive is found there. */
async function placedByDelivery(ports: RemovePorts, id: string): Promise<PlacedSession[]> {
  const waiting = await placedInPrearchive(ports, id);
  return [...waiting, ...(await placedByClaims(ports, id))];
}

const isPrearchived = ({ uri }: PlacedSession) => uri.startsWith('/data/prearchive/');

async function receiptOf({ audit }: RemovePorts, submission: string): Promise<SignedReceipt | undefined> {
  const key = auditKeys.receipt(submission);
  return (await audit.head(key)) === undefined ? undefined : readDocument(audit, key, SignedReceipt);
}

/** Answers how many objects were uploaded. */
async function removeStored(ports: RemovePorts, id: string): Promise<number> {
  const objects = await removeUploads(ports, { id });
  await ports.clean.removeAll(cleanKeys.all(id));
  await ports.quarantine.removeAll(quarantineKeys.all(id));
  return objects;
}

async function reasonOf({ ledger }: RemovePorts, submission: string): Promise<WithdrawalReason> {
  const requested = (await ledger.events(submission)).findLast(({ type }) => type === 'withdrawal.requested');
  return WithdrawalReason.parse(requested?.code);
}

/** Who takes a consent back does not wait for the hours of deliveries. */
const withoutHours = (policy: ProjectPolicy): ProjectPolicy => ({
  ...policy,
  delivery: { ...policy.delivery, paused: false, hours: undefined },
});

export const handler = stepHandler({ input: StepInput, output: Nothing }, removeSubmission);
