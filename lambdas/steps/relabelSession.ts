import { hashBytes } from '../../core/audit/hashJson.ts';
import { lastReceipt, noteReceipt } from '../../core/audit/lastReceipt.ts';
import type { Receipt } from '../../core/audit/Receipt.ts';
import { type Relabelling, SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../core/audit/relabellingBytes.ts';
import { type SealedSoFar, sealedSoFar } from '../../core/audit/sealedSoFar.ts';
import { relabelClaimOf } from '../../core/delivery/claims.ts';
import { countAltered } from '../../core/delivery/countAltered.ts';
import { placeRecord } from '../../core/delivery/placeRecord.ts';
import { chooseSession, type Planning, planRelabel, type RelabelRefusal } from '../../core/delivery/planRelabel.ts';
import { takeTurn } from '../../core/delivery/takeTurn.ts';
import { limits } from '../../core/policy/limits.ts';
import { advance, requireAttempt } from '../../core/submission/advance.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { deliveryPolicy } from '../../core/submission/deliveryPolicy.ts';
import { collect, readDocument, writeDocument } from '../../core/submission/documents.ts';
import { addendumName, auditKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { type FormerLabels, SessionLabels } from '../../core/submission/Submission.ts';
import { Nothing, StepInput } from '../../core/submission/steps.ts';
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
  const turn = { policy, session: found.session, also: to.session, submission: submission.id };
  return takeTurn(ports, turn, (taken) => relabel(ports, input, { ...planning, turn: taken }));
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
  const claim = await planRelabel(ports, planning);
  if ('refused' in claim) return refuse(ports, input, claim);
  if (!isSame(place, to)) await archive.relabel(place, to, submission.id);
  await requireUnchanged(archive, planning);
  const { from, isSubjectNew: madeSubject } = claim;
  const done = { type: 'session.relabelled', to: 'archived', labels: { from, to } } as const;
  const patch = { relabel: undefined, relabelRefusal: undefined };
  // it had these labels already
  if (isSame(from, to)) await advance(ports, input, { ...done, patch });
  else {
    const relabelling = await sealAddendum(ports, { ...planning, from, madeSubject, files: own.length });
    const digests = { addendum: hashBytes(relabellingBytes(relabelling)) };
    await advance(ports, input, { ...done, digests, patch: { ...patch, relabelled: relabelling.number } });
  }
  return {};
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
}

/** Signs the addendum, puts it beside the data, and makes it what later receipts of the session follow. */
async function sealAddendum(ports: RelabelPorts, told: Told): Promise<Relabelling> {
  const { audit, registers } = ports;
  const { submission, place } = told;
  const number = (submission.relabelled ?? 0) + 1;
  const key = auditKeys.relabelling(submission.id, number);
  if ((await audit.head(key)) === undefined) {
    await writeDocument(audit, key, await signAddendum(ports, told, number), { ifAbsent: true });
  }
  const { relabelling } = await readDocument(audit, key, SignedRelabelling);
  const document = await collect(audit.read(key), limits.workDocumentBytes);
  await placeRecord(ports, { uri: place.uri, name: addendumName(submission.id, number), document });
  const { previous, issuedAt } = relabelling;
  const noted = { submission: submission.id, sha256: hashBytes(relabellingBytes(relabelling)), issuedAt, previous };
  await noteReceipt(registers, place.uri, noted);
  return relabelling;
}

/** The addendum that stands is read again: a second run must not sign another one. */
async function signAddendum(
  { registers, signer, clock }: RelabelPorts,
  { submission, wanted, sealed, place, from, to, madeSubject, files }: Told,
  number: number,
): Promise<SignedRelabelling> {
  const { id, attempt, site, project, chain } = submission;
  const receipt = hashBytes(receiptBytes(sealed.receipt));
  const last = await lastReceipt(registers, place.uri);
  const relabelling: Relabelling = {
    ...{ v: 1, kind: 'relabelling', submission: id, attempt, site, project, number, by: wanted.by },
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
