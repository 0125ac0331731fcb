import { hashBytes } from '../../core/audit/hashJson.ts';
import { lastReceipt, noteReceipt } from '../../core/audit/lastReceipt.ts';
import type { Receipt } from '../../core/audit/Receipt.ts';
import { type Relabelling, SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../core/audit/relabellingBytes.ts';
import { type SealedSoFar, sealedSoFar } from '../../core/audit/sealedSoFar.ts';
import { countAltered } from '../../core/delivery/change/countAltered.ts';
import {
  chooseSession,
  type Planning,
  planRelabel,
  type RelabelRefusal,
} from '../../core/delivery/change/planRelabel.ts';
import { relabelClaimOf } from '../../core/delivery/claims.ts';
import { placeRecord } from '../../core/delivery/confirm/placeRecord.ts';
import { subjectLease } from '../../core/delivery/turns/holdLease.ts';
import { takeTurn } from '../../core/delivery/turns/takeTurn.ts';
import { limits } from '../../core/policy/limits.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { addendumName, auditKeys } from '../../core/submission/contracts/keys.ts';
import { type FormerLabels, SessionLabels, type Submission } from '../../core/submission/contracts/Submission.ts';
import { Nothing, StepInput } from '../../core/submission/contracts/steps.ts';
import { deliveryPolicy } from '../../core/submission/planning/deliveryPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { collect, readDocument, writeDocument } from '../../core/submission/storage/documents.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type RelabelPorts = Pick<
  Ports,
  'ledger' | 'work' | 'audit' | 'archive' | 'registers' | 'signer' | 'projectKeys' | 'codecs' | 'clock' | 'policies'
>;

/**
 * Gives an archived session other labels in XNAT, looks that it has them and that its files are as the receipt says, and
 * seals an addendum of that. What is refused leaves everything as it was. Safe to run twice, wherever it broke off.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict
 */
export const relabelSession = (ports: RelabelPorts) => async (input: StepInput) => {
  const { archive, audit, ledger, policies, work } = ports;
  const submission = await requireAttempt(ledger, input);
  // it ran before, to its end
  if (submission.state !== 'relabelling') return {};
  const { relabel: wanted } = submission;
  if (wanted === undefined) throw new DomainError('UnexpectedFault', 'Cannot relabel: no labels were asked for');
  const sealed = await sealedSoFar(audit, submission);
  const known = chooseSession(sealed, wanted.from);
  if (known === undefined) return refuse(ports, input, { refused: 'SessionUnclear' });
  const found = await archive.findSession(known.uri);
  // a label that we would not give is told to nobody, and addressed by nothing
  if (found === undefined || !SessionLabels.safeParse(found).success)
    return refuse(ports, input, { refused: 'XnatConflict' });
  const place = { ...found, uri: known.uri };
  const begun = await relabelClaimOf(work, submission.id, wanted.attempt);
  const to = begun?.to ?? { subject: wanted.subject ?? found.subject, session: wanted.session ?? found.session };
  const own = ownFiles(sealed.receipt, known.uri);
  const policy = deliveryPolicy(policies, submission);
  const planning = { submission, wanted, policy, place, known, to, begun, own, sealed };
  // no withdrawal removes the subject that it comes to
  const shared = [subjectLease({ xnatProject: found.xnatProject, session: to })];
  const turn = { policy, session: found.session, also: to.session, shared, submission: submission.id };
  return takeTurn(ports, turn, async (taken) => {
    await requireAttempt(ledger, input);
    return relabel(ports, input, { ...planning, turn: taken });
  });
};

interface Relabel extends Planning {
  sealed: SealedSoFar;
}

const ownFiles = ({ files }: Receipt, session: string) =>
  files.flatMap(({ archived }) =>
    archived === undefined || archived.stood || !archived.uri.startsWith(`${session}/`) ? [] : [archived],
  );

async function relabel(ports: RelabelPorts, input: StepInput, planning: Relabel) {
  const { archive } = ports;
  const { place, to, submission, own } = planning;
  const { number, isSealed } = await addendumPlace(ports.audit, planning);
  // it was so when it was signed, whatever happened since
  if (isSealed) return tellAddendum(ports, input, { submission, uri: place.uri, number });
  const claim = await planRelabel(ports, planning);
  if ('refused' in claim) return refuse(ports, input, claim);
  if (!isSame(place, to)) await archive.relabel(place, to, submission.id);
  await requireUnchanged(archive, planning);
  const { from, isSubjectNew: madeSubject } = claim;
  if (isSame(from, to)) {
    // it had these labels already
    await advance(ports, input, { ...done, labels: { from, to }, patch: answered });
    return {};
  }
  const signed = await signAddendum(ports, { ...planning, from, madeSubject, files: own.length, number });
  await writeDocument(ports.audit, auditKeys.relabelling(submission.id, number), signed, { ifAbsent: true });
  return tellAddendum(ports, input, { submission, uri: place.uri, number });
}

const done = { type: 'session.relabelled', to: 'archived' } as const;
const answered = { relabel: undefined, relabelRefusal: undefined };

/** Where the addendum of this request stands, or is to stand: one of a request that was given up is passed over. */
async function addendumPlace(audit: Ports['audit'], { submission, wanted, to }: Planning) {
  for (let number = (submission.relabelled ?? 0) + 1; ; number += 1) {
    const key = auditKeys.relabelling(submission.id, number);
    if ((await audit.head(key)) === undefined) return { number, isSealed: false };
    const { relabelling } = await readDocument(audit, key, SignedRelabelling);
    if (relabelling.attempt >= wanted.attempt && isSame(relabelling.to, to)) return { number, isSealed: true };
  }
}

const isSame = (left: FormerLabels, right: SessionLabels) =>
  left.subject === right.subject && left.session === right.session;

/** Done is what XNAT itself says, of the labels and of every file: a script that it runs after a rename may change them. */
async function requireUnchanged(archive: Ports['archive'], { place, to, own, turn }: Planning): Promise<void> {
  const now = await archive.findSession(place.uri);
  if (now === undefined || !isSame(now, to)) {
    throw new DomainError('XnatConflict', 'Cannot relabel: XNAT accepted other labels and has not given them');
  }
  const altered = await countAltered(archive, own, turn);
  if (altered === 0) return;
  throw new DomainError('ArchiveMismatch', `Cannot relabel: ${altered} files are no more as the receipt says`);
}

interface Told extends Relabel {
  from: FormerLabels;
  madeSubject: boolean;
  files: number;
  number: number;
}

interface Standing {
  submission: Submission;
  /** XNAT's address of the session. */
  uri: string;
  number: number;
}

/** Puts the addendum that stands beside the data, makes it what later receipts of the session follow, and says it last. */
async function tellAddendum(ports: RelabelPorts, input: StepInput, { submission: { id }, uri, number }: Standing) {
  const { audit, registers } = ports;
  const key = auditKeys.relabelling(id, number);
  const { relabelling } = await readDocument(audit, key, SignedRelabelling);
  const document = await collect(audit.read(key), limits.workDocumentBytes);
  await placeRecord(ports, { uri, name: addendumName(id, number), document });
  const { previous, issuedAt, from, to } = relabelling;
  const sha256 = hashBytes(relabellingBytes(relabelling));
  await noteReceipt(registers, uri, { submission: id, sha256, issuedAt, previous });
  const patch = { ...answered, relabelled: number };
  await advance(ports, input, { ...done, labels: { from, to }, digests: { addendum: sha256 }, patch });
  return {};
}

async function signAddendum(
  { registers, signer, clock }: RelabelPorts,
  { submission, wanted, sealed, place, from, to, madeSubject, files, number }: Told,
): Promise<SignedRelabelling> {
  const { id, attempt, site, project, chain, relabelled: after } = submission;
  const receipt = hashBytes(receiptBytes(sealed.receipt));
  const last = await lastReceipt(registers, place.uri);
  const relabelling: Relabelling = {
    ...{ v: 1, kind: 'relabelling', submission: id, attempt, site, project, number, by: wanted.by },
    ...(after !== undefined && { after }),
    ...{ issuedAt: clock.now(), receipt, previous: last ?? { submission: id, sha256: receipt } },
    ...{ uri: place.uri, from, to, madeSubject, files, chain },
  };
  const value = await signer.sign(relabellingBytes(relabelling));
  return { relabelling, signature: { algorithm: 'Ed25519', publicKey: await signer.publicKey(), value } };
}

async function refuse(ports: RelabelPorts, input: StepInput, { refused: code, standing }: RelabelRefusal) {
  const relabelRefusal = { code, ...(standing !== undefined && { standing }) };
  const patch = { relabel: undefined, relabelRefusal };
  await advance(ports, input, { type: 'relabel.refused', to: 'archived', code, patch });
  return {};
}

export const handler = stepHandler({ input: StepInput, output: Nothing }, relabelSession);
