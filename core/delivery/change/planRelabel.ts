import * as z from 'zod';
import type { Receipt } from '../../audit/Receipt.ts';
import type { Relabelling } from '../../audit/Relabelling.ts';
import { labelIsDigested } from '../../deid/identifiers/labelDigests.ts';
import { gradeOf } from '../../policy/gradeOf.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import type { FoundSession } from '../../submission/ArchiveLabels.ts';
import type { DomainErrorCode } from '../../submission/codes/errorCatalogue.ts';
import type { FindingCode } from '../../submission/codes/findingCatalogue.ts';
import { workKeys } from '../../submission/contracts/keys.ts';
import type { SessionLabels, Submission } from '../../submission/contracts/Submission.ts';
import { BatchItem } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readLines } from '../../submission/storage/documents.ts';
import { claimOnce, RelabelClaim, relabelId } from '../claims.ts';
import type { Turn } from '../turns/takeTurn.ts';
import { countAltered, type Proven } from './countAltered.ts';
import { toldLabels } from './toldLabels.ts';

/** One line of labels/{batch}.jsonl: a keyed digest of what may not stand in a label. */
const LabelDigest = z.string().regex(/^[0-9a-f]{16}$/);

type PlanPorts = Pick<Ports, 'work' | 'archive' | 'projectKeys'>;

/** Why a session keeps its labels; nothing was changed. */
export interface RelabelRefusal {
  refused: DomainErrorCode | FindingCode;
  /** XNAT's own id of what has the label. */
  standing?: string;
}

/** Which session of a submission is meant, and by which labels it is known by what was sealed of it so far. */
export function chooseSession(
  { receipt, addenda }: { receipt: Receipt; addenda: readonly Relabelling[] },
  from: string | undefined,
): (SessionLabels & { uri: string }) | undefined {
  const known = receipt.sessions.map(({ uri, subject, session }) => {
    const latest = addenda.findLast((each) => each.uri === uri)?.to;
    return { uri, subject: latest?.subject ?? subject, session: latest?.session ?? session };
  });
  const [chosen, ...others] = from === undefined ? known : known.filter(({ session }) => session === from);
  return others.length === 0 ? chosen : undefined;
}

export interface Planning {
  submission: Submission;
  wanted: NonNullable<Submission['relabel']>;
  policy: ProjectPolicy;
  /** The session as XNAT has it. */
  place: FoundSession & { uri: string };
  /** By which labels it is known by what was sealed of it. */
  known: SessionLabels;
  to: SessionLabels;
  /** What stands already, of an attempt that broke off. */
  begun: RelabelClaim | undefined;
  /** Files of the receipt that lie in the session. */
  own: readonly Proven[];
  turn: Turn;
}

/**
 * Looks whether a session may have other labels: they name no patient of the submission, as labels asked for with an
 * upload may not, no other session has the label, and the files are as the receipt says. What is found first is kept:
 * later looks find it half done.
 * @throws DomainError what the archive throws
 */
export async function planRelabel(
  ports: PlanPorts,
  { submission, wanted, policy, place, known, to, begun, own, turn }: Planning,
): Promise<RelabelClaim | RelabelRefusal> {
  const { archive, work } = ports;
  const labels = newOnes(known, to);
  const naming = begun === undefined ? await namesPatient(ports, { submission, policy, labels }) : undefined;
  if (naming !== undefined) return { refused: naming };
  const { session, isSubjectNew } = await archive.lookUp({ ...place, session: { ...to, study: place.study ?? '' } });
  const isOther = session !== undefined && place.session !== to.session;
  if (isOther) return { refused: 'LabelTaken', standing: session.id };
  if (begun !== undefined) return begun;
  if ((await countAltered(archive, own, turn)) > 0) return { refused: 'ArchiveAltered' };
  const key = { submission: submission.id, id: relabelId(wanted.attempt), schema: RelabelClaim };
  return claimOnce(work, key, async () => ({ uri: place.uri, from: toldLabels([known], place), to, isSubjectNew }));
}

/** Also a label that it keeps, where somebody gave it that in XNAT: it is sealed with the other one. */
const newOnes = (known: SessionLabels, to: SessionLabels) =>
  [known.subject === to.subject ? [] : [to.subject], known.session === to.session ? [] : [to.session]].flat();

interface Naming {
  submission: Submission;
  policy: ProjectPolicy;
  labels: readonly string[];
}

/** Files are gone by now: what identified their patients is looked for by its digests. */
async function namesPatient(
  { work, projectKeys }: PlanPorts,
  { submission: { id, project }, policy, labels }: Naming,
): Promise<'LabelIdentifies' | 'LabelUnproven' | undefined> {
  if (labels.length === 0 || gradeOf('LabelIdentifies', policy).disposition === 'accept') return undefined;
  const unproven = 'LabelUnproven' as const;
  if ((await work.head(workKeys.batches(id))) === undefined) return unproven;
  const digests = new Set<string>();
  for (const { batch } of await readLines(work, workKeys.batches(id), BatchItem)) {
    const key = workKeys.labelDigests(id, batch);
    if ((await work.head(key)) === undefined) return unproven;
    for (const digest of await readLines(work, key, LabelDigest)) digests.add(digest);
  }
  const projectKey = await projectKeys.of(project);
  return labels.some((label) => labelIsDigested(digests, projectKey, label)) ? 'LabelIdentifies' : undefined;
}
