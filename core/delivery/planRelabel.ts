import type { Receipt } from '../audit/Receipt.ts';
import type { Relabelling } from '../audit/Relabelling.ts';
import { labelIsDigested } from '../deid/labelDigests.ts';
import { gradeOf, type ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { FoundSession } from '../submission/ArchiveLabels.ts';
import { readLines } from '../submission/documents.ts';
import type { DomainErrorCode } from '../submission/errorCatalogue.ts';
import type { FindingCode } from '../submission/findingCatalogue.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import type { SessionLabels, Submission } from '../submission/Submission.ts';
import { BatchItem, LabelDigest } from '../submission/steps.ts';
import { claimOnce, RelabelClaim } from './claims.ts';

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
  to: SessionLabels;
}

/**
 * Looks whether a session may have other labels: they name no patient of the submission, as labels asked for with an
 * upload may not, and no other session has the label. What is found first is kept: later looks find it half done.
 * @throws DomainError what the archive throws
 */
export async function planRelabel(
  ports: PlanPorts,
  { submission, wanted, policy, place, to }: Planning,
): Promise<RelabelClaim | RelabelRefusal> {
  const { archive, work } = ports;
  const key = { submission: submission.id, id: `relabel-a${wanted.attempt}`, schema: RelabelClaim };
  const isBegun = (await work.head(workKeys.claim(key.submission, key.id))) !== undefined;
  const naming = isBegun ? undefined : await namesPatient(ports, { submission, policy, labels: newOnes(place, to) });
  if (naming !== undefined) return { refused: naming };
  const { session, isSubjectNew } = await archive.lookUp({ ...place, session: { ...to, study: place.study ?? '' } });
  const isOther = session !== undefined && place.session !== to.session;
  if (isOther) return { refused: 'LabelTaken', standing: session.id };
  const { subject, session: label } = place;
  return claimOnce(work, key, async () => ({ from: { subject, session: label }, isSubjectNew }));
}

const newOnes = (place: SessionLabels, to: SessionLabels) =>
  [place.subject === to.subject ? [] : [to.subject], place.session === to.session ? [] : [to.session]].flat();

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
