import { workKeys } from '../../submission/contracts/keys.ts';
import { Review } from '../../submission/contracts/steps.ts';
import type { Archive, ObjectStore } from '../../submission/ports.ts';
import { suffixedLabel } from '../../submission/review/labelSessions.ts';
import { readDocument } from '../../submission/storage/documents.ts';

/**
 * The review with a free label for each session whose own is taken in XNAT, by whatever it is. Labels stand in the
 * files themselves, so they are chosen before de-identification; should one be taken meanwhile, Push refuses it, and a
 * resume chooses anew. A session that Push has claimed already keeps its label: a part of it may stand in XNAT.
 * @throws DomainError XnatUnavailable, XnatRefused
 */
export async function freeSessionLabels(
  { archive, work }: { archive: Pick<Archive, 'lookUp'>; work: ObjectStore },
  review: Review,
  { submission, xnatProject }: { submission: string; xnatProject: string },
): Promise<Review> {
  const kept = await claimedLabels(work, submission);
  const own = new Set([...review.sessions.map(({ session }) => session), ...kept.values()]);
  const sessions: Review['sessions'] = [];
  for (const session of review.sessions) {
    const claimed = kept.get(session.id);
    if (claimed !== undefined) {
      sessions.push({ ...session, session: claimed });
      continue;
    }
    let label = session.session;
    const isTaken = async () =>
      (await archive.lookUp({ xnatProject, session: { ...session, session: label } })).session !== undefined;
    for (let suffix = 2; (label !== session.session && own.has(label)) || (await isTaken()); suffix += 1) {
      label = suffixedLabel(session.session, suffix);
    }
    own.add(label);
    sessions.push({ ...session, session: label });
  }
  return { ...review, sessions };
}

/** By session, the labels of an earlier review that are in use. */
async function claimedLabels(work: ObjectStore, submission: string): Promise<Map<string, string>> {
  const labels = new Map<string, string>();
  if ((await work.head(workKeys.review(submission))) === undefined) return labels;
  const { sessions } = await readDocument(work, workKeys.review(submission), Review);
  for (const { id, session } of sessions) {
    if ((await work.head(workKeys.claim(submission, id))) !== undefined) labels.set(id, session);
  }
  return labels;
}
