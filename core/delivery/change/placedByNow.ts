import { sealedSoFar } from '../../audit/sealedSoFar.ts';
import type { Submission } from '../../submission/contracts/Submission.ts';
import type { Ports } from '../../submission/ports.ts';
import { type RelabelClaim, relabelClaimOf } from '../claims.ts';
import { type PlacedSession, placedByReceipt } from './planWithdrawal.ts';
import { toldLabels } from './toldLabels.ts';

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
  const begun = await begunRelabellings(ports.work, submission);
  const addenda = sealed.addenda.map(({ madeSubject, ...rest }) => ({ ...rest, isSubjectNew: madeSubject }));
  const placed: PlacedSession[] = [];
  for (const each of placedByReceipt(sealed.receipt, xnatProject)) {
    const found = await ports.archive.findSession(each.uri);
    if (found === undefined) {
      placed.push(each);
      continue;
    }
    const given = [...addenda, ...begun].filter(({ uri }) => uri === each.uri);
    const own = given.flatMap(({ to, isSubjectNew }) => (isSubjectNew ? [to.subject] : []));
    const subjects = [...new Set([...(each.made.subject ? [each.subject] : []), ...own])];
    const { subject, session } = found;
    placed.push({
      ...{ ...each, xnatProject: found.xnatProject, subject, session },
      told: toldLabels([each, ...given.map(({ to }) => to)], found),
      made: { ...each.made, subject: subjects.includes(subject) },
      subjects: subjects.filter((one) => one !== subject),
    });
  }
  return placed;
}

/** Relabellings that were begun, whether they were sealed or not. */
async function begunRelabellings(work: Ports['work'], { id, attempt: last }: Submission) {
  const begun: RelabelClaim[] = [];
  for (let attempt = 1; attempt <= last; attempt += 1) {
    const claim = await relabelClaimOf(work, id, attempt);
    if (claim !== undefined) begun.push(claim);
  }
  return begun;
}
