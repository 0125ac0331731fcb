import { buildReceipt } from '../../core/audit/buildReceipt.ts';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { noteReceipt } from '../../core/audit/lastReceipt.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { freeFields } from '../../core/delivery/confirm/freeFields.ts';
import { placeReceipt } from '../../core/delivery/confirm/placeReceipt.ts';
import { requireStanding } from '../../core/delivery/confirm/requireStanding.ts';
import { type Turn, takeTurn } from '../../core/delivery/turns/takeTurn.ts';
import { limits } from '../../core/policy/limits.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys, cleanKeys, stagingKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { Confirmation, Evidence, Fact, Nothing, Review, StepInput } from '../../core/submission/contracts/steps.ts';
import { deliveryPolicy } from '../../core/submission/planning/deliveryPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { collect, readDocument, writeDocument } from '../../core/submission/storage/documents.ts';
import { readBatchLines } from '../../core/submission/storage/readBatchLines.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type SealPorts = Pick<
  Ports,
  | 'ledger'
  | 'work'
  | 'archive'
  | 'codecs'
  | 'staging'
  | 'clean'
  | 'audit'
  | 'signer'
  | 'registers'
  | 'clock'
  | 'policies'
>;

/**
 * Signs what was proven, and still stands so in XNAT; puts the receipt beside the data, deletes what the site sent, and says
 * `archived` last: as long as anything is left to do the submission is in flight, and somebody goes on with it. Safe to
 * run twice.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict
 */
export const sealReceipt = (ports: SealPorts) => async (input: StepInput) => {
  const { ledger, staging, clean, audit, registers, policies } = ports;
  const { submission } = input;
  const current = await requireAttempt(ledger, input);
  const policy = deliveryPolicy(policies, current);
  // a withdrawal waits for this turn, and whoever comes after a withdrawal signs nothing
  const { receipt } = await takeTurn(ports, { policy, submission }, async (turn) =>
    sealedReceipt(ports, await requireAttempt(ledger, input), turn),
  );
  const document = await collect(audit.read(auditKeys.receipt(submission)), limits.workDocumentBytes);
  await placeReceipt(ports, { receipt, document, policy, attempt: input.attempt });
  const { totals } = receipt;
  const outcome = { archived: totals.archived, held: totals.held, refused: totals.refused };
  const digests = { receipt: hashBytes(receiptBytes(receipt)), manifest: receipt.manifest.sha256 };
  for (const { uri, previous } of receipt.sessions) {
    const sealed = { submission, sha256: digests.receipt, issuedAt: receipt.issuedAt, previous };
    await noteReceipt(registers, uri, sealed);
  }
  await staging.removeAll(stagingKeys.all(submission));
  await clean.removeAll(cleanKeys.all(submission));
  await advance(ports, input, { type: 'receipt.sealed', to: 'archived', digests, counts: totals, patch: { outcome } });
  return {};
};

/** The receipt that stands: a second run must not sign another one. */
async function sealedReceipt(ports: SealPorts, submission: Submission, turn: Turn): Promise<SignedReceipt> {
  const key = auditKeys.receipt(submission.id);
  if ((await ports.audit.head(key)) !== undefined) return readDocument(ports.audit, key, SignedReceipt);
  const signed = await signReceipt(ports, submission, turn);
  await writeDocument(ports.audit, key, signed, { ifAbsent: true });
  return readDocument(ports.audit, key, SignedReceipt);
}

async function signReceipt(ports: SealPorts, submission: Submission, turn: Turn): Promise<SignedReceipt> {
  const { work, archive, signer, clock } = ports;
  const { id, attempt, site, project, manifest, policy, chain } = submission;
  if (manifest === undefined) throw new DomainError('ManifestMissing', `Cannot seal ${id}: it has no manifest`);
  if (policy === undefined) throw new DomainError('PolicyChanged', `Cannot seal ${id}: its plan names no policy`);
  const confirmation = await readDocument(work, workKeys.confirmation(id), Confirmation);
  const review = await readDocument(work, workKeys.review(id), Review);
  await requireStanding(ports, { submission: id, review, confirmation, turn });
  const sessions: Confirmation['sessions'] = [];
  for (const session of confirmation.sessions) sessions.push(await freeFields(archive, session));
  const receipt = buildReceipt({
    header: {
      ...{ v: 1, submission: id, attempt, site, project, issuedAt: clock.now(), manifest, policy, chain },
    },
    facts: await readBatchLines(work, id, { key: workKeys.facts, schema: Fact }),
    evidence: await readBatchLines(work, id, { key: workKeys.evidence, schema: Evidence }),
    review,
    confirmation: { ...confirmation, sessions },
  });
  const value = await signer.sign(receiptBytes(receipt));
  return { receipt, signature: { algorithm: 'Ed25519', publicKey: await signer.publicKey(), value } };
}

export const handler = stepHandler({ input: StepInput, output: Nothing }, sealReceipt);
