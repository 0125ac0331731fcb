import { type SealedSoFar, sealedSoFar } from '../audit/sealedSoFar.ts';
import { readDocument } from '../submission/documents.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import type { Submission } from '../submission/Submission.ts';
import { RelabelClaim } from './claims.ts';
import { chooseSession } from './planRelabel.ts';
import { type PlacedSession, placedByReceipt } from './planWithdrawal.ts';

type PlacePorts = Pick<Ports, 'work' | 'audit' | 'archive'>;

/**
 * What an archived submission put into XNAT, where it is by now: a session has other labels when it was relabelled, here
 * or by a curator. Subjects that were made for it go with it.
 * @throws DomainError ObjectMissing, XnatUnavailable, XnatRefused
 */
export async function placedByNow(
  ports: PlacePorts,
  submission: Submission,
  xnatProject: string,
): Promise<PlacedSession[]> {
  const sealed = await sealedSoFar(ports.audit, submission);
  const begun = await begunSubject(ports.work, submission, sealed);
  const made = sealed.addenda.flatMap(({ uri, to, madeSubject }) =>
    madeSubject ? [{ uri, subject: to.subject }] : [],
  );
  const placed: PlacedSession[] = [];
  for (const each of placedByReceipt(sealed.receipt, xnatProject)) {
    const found = await ports.archive.findSession(each.uri);
    if (found === undefined) {
      placed.push(each);
      continue;
    }
    const own = [...made, ...begun].filter(({ uri }) => uri === each.uri).map(({ subject }) => subject);
    const subjects = [...(each.made.subject ? [each.subject] : []), ...own];
    const { subject, session } = found;
    placed.push({
      ...{ ...each, xnatProject: found.xnatProject, subject, session },
      made: { ...each.made, subject: subjects.includes(subject) },
      subjects: subjects.filter((one) => one !== subject),
    });
  }
  return placed;
}

/** That of a relabelling that was begun and never sealed. */
async function begunSubject(work: Ports['work'], { id, relabel }: Submission, sealed: SealedSoFar) {
  const subject = relabel?.subject;
  const uri = chooseSession(sealed, relabel?.from)?.uri;
  const key = workKeys.claim(id, `relabel-a${relabel?.attempt}`);
  if (subject === undefined || uri === undefined || (await work.head(key)) === undefined) return [];
  return (await readDocument(work, key, RelabelClaim)).isSubjectNew ? [{ uri, subject }] : [];
}
