import { suffixedLabel } from '../submission/labelSessions.ts';
import type { Archive } from '../submission/ports.ts';
import type { Review } from '../submission/steps.ts';

/**
 * The review with a free label for each session whose own is taken in XNAT, by whatever it is. Labels stand in the
 * files themselves, so they are chosen before de-identification; should one be taken meanwhile, Push refuses it.
 * @throws DomainError XnatUnavailable, XnatRefused
 */
export async function freeSessionLabels(
  { archive }: { archive: Pick<Archive, 'lookUp'> },
  review: Review,
  xnatProject: string,
): Promise<Review> {
  const own = new Set(review.sessions.map(({ session }) => session));
  const sessions: Review['sessions'] = [];
  for (const session of review.sessions) {
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
