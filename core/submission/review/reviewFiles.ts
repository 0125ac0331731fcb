import { gradeOf } from '../../policy/gradeOf.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { checkSet } from '../../validation/checkSet.ts';
import { isReleasable } from '../codes/findingCatalogue.ts';
import type { ReviewReason } from '../codes/reviewReasons.ts';
import type { Decision, Fact, Finding, Review } from '../contracts/steps.ts';
import { type AcceptedFile, type Labelling, labelScans, labelSessions } from './labelSessions.ts';
import { placeResources } from './placeResources.ts';

type Exclusion = Review['excluded'][number];

/** A file without a digest equals no other. */
export type ReviewedFact = Omit<Fact, 'sha256'> & { sha256?: string };

/**
 * The rules over the whole set: which files go on, under which XNAT labels, and whether the set is accepted, held for
 * a person, or rejected.
 * @param labels what the site asked for; absent labels follow the project's scheme
 */
export function reviewFiles(
  { facts, findings }: { facts: readonly ReviewedFact[]; findings: readonly Finding[] },
  policy: ProjectPolicy,
  labels: Labelling,
): Review {
  const byVerdict = excludedByFindings(facts, findings);
  // files that a person may release are compared and labelled too, so that a release needs no second review
  const able = facts.flatMap(({ file, sha256, dicom }) =>
    dicom !== undefined && mayGoOn(byVerdict.get(file)) ? [{ file, sha256, dicom }] : [],
  );
  const byIdentity = excludedByIdentity(able);
  const together = findTogether(
    able.filter(({ file }) => !byVerdict.has(file) && !byIdentity.has(file)),
    policy,
  );
  // a file that is excluded twice is told by what no release undoes
  const byNumber = new Map([...excludedTogether(together), ...byVerdict, ...byIdentity]);
  for (const each of excludedByLabel(facts, findings, byNumber)) byNumber.set(each.file, each);
  const labelled = able.filter(({ file }) => mayGoOn(byNumber.get(file)));
  const sessions = labelSessions(labelled, labels);
  const scans = labelScans(labelled, sessions);
  const others = facts.flatMap(({ resource, ...fact }) =>
    resource !== undefined && mayGoOn(byNumber.get(fact.file)) ? [{ ...fact, resource }] : [],
  );
  const known = { facts, dicom: labelled, excluded: byNumber, sessions, scans };
  const resources = placeResources({ others, ...known }, policy);
  for (const each of resources.excluded) byNumber.set(each.file, each);
  const excluded = [...byNumber.values()].sort(byFile);
  const reasons = reasonsToStop({ excluded, accepted: facts.length - excluded.length, sessions, labels }, policy);
  return {
    decision: decide(reasons, { excluded, labelled: labelled.length }, policy),
    reasons,
    sessions,
    scans: [...scans, ...resources.scans],
    excluded,
    placed: resources.placed,
    findings: together.map(({ finding }) => finding),
  };
}

/** Now, or once a person has released it. */
const mayGoOn = (exclusion: Exclusion | undefined) =>
  exclusion === undefined || (exclusion.disposition === 'hold' && isReleasable(exclusion.code));

const byFile = (left: Exclusion, right: Exclusion) => left.file - right.file;

/**
 * Files that go on into Anonymize. A held review that is being carried out was released by a person: then files held
 * for a releasable finding go on as well.
 */
export function excludedFiles(review: Review): Map<number, Exclusion> {
  const released = review.decision === 'hold';
  const excluded = review.excluded.filter((exclusion) => !(released && mayGoOn(exclusion)));
  return new Map(excluded.map((each) => [each.file, each]));
}

/** By the worst finding; among equals by one that no release undoes. */
function excludedByFindings(facts: readonly ReviewedFact[], findings: readonly Finding[]): Map<number, Exclusion> {
  const findingsOf = Map.groupBy(findings, ({ file }) => file);
  const excluded = new Map<number, Exclusion>();
  for (const { file, disposition, dicom, resource } of facts) {
    const isNothing = dicom === undefined && resource === undefined;
    const worst = disposition === 'accept' && isNothing ? 'refuse' : disposition;
    if (worst === 'accept') continue;
    const causes = findingsOf.get(file)?.filter((finding) => finding.disposition === disposition) ?? [];
    const cause = causes.find(({ code }) => !isReleasable(code)) ?? causes[0];
    excluded.set(file, { file, disposition: worst, code: cause?.code ?? 'NotDicom' });
  }
  return excluded;
}

/** One SOP instance, one file: equal copies are set aside, different ones wait for a person. */
function excludedByIdentity(
  candidates: readonly (AcceptedFile & Pick<ReviewedFact, 'sha256'>)[],
): Map<number, Exclusion> {
  const excluded = new Map<number, Exclusion>();
  for (const copies of Map.groupBy(candidates, ({ dicom }) => dicom.instance).values()) {
    const [first, ...others] = copies;
    if (first === undefined || others.length === 0) continue;
    const equal = first.sha256 !== undefined && others.every(({ sha256 }) => sha256 === first.sha256);
    for (const { file } of equal ? others : copies) {
      excluded.set(
        file,
        equal
          ? { file, disposition: 'duplicate', code: 'DuplicateInstance' }
          : { file, disposition: 'hold', code: 'InstanceConflict' },
      );
    }
  }
  return excluded;
}

/**
 * Labels that were asked for are those of the whole set: what one file tells of its patient would lead all others, and
 * those without a name in them too, into XNAT under that name.
 */
function excludedByLabel(
  facts: readonly ReviewedFact[],
  findings: readonly Finding[],
  others: ReadonlyMap<number, Exclusion>,
): Exclusion[] {
  const named = findings.flatMap(({ code, disposition }) =>
    code === 'LabelIdentifies' && disposition !== 'accept' ? [{ code, disposition }] : [],
  );
  const [cause] = named;
  if (cause === undefined) return [];
  const isWorse = (exclusion: Exclusion) => mayGoOn(exclusion) && cause.disposition === 'refuse';
  return facts.flatMap(({ file }) => {
    const exclusion = others.get(file);
    return exclusion === undefined || isWorse(exclusion) ? [{ file, ...cause }] : [];
  });
}

interface Together {
  finding: Finding;
  files: readonly number[];
}

/** What files break together, as the policy classes it. */
function findTogether(files: readonly AcceptedFile[], policy: ProjectPolicy): Together[] {
  return checkSet(files).map(({ code, files: members, message }) => {
    const [file = 0] = members;
    return {
      finding: { code, file, files: members.length, ...gradeOf(code, policy), message },
      files: members,
    };
  });
}

function excludedTogether(together: readonly Together[]): Map<number, Exclusion> {
  const excluded = new Map<number, Exclusion>();
  for (const { finding, files } of together) {
    const { code, disposition } = finding;
    if (disposition === 'accept') continue;
    for (const file of files) if (!excluded.has(file)) excluded.set(file, { file, code, disposition });
  }
  return excluded;
}

interface Tally {
  excluded: readonly Exclusion[];
  accepted: number;
  sessions: Review['sessions'];
  labels: Labelling;
}

function reasonsToStop({ excluded, accepted, sessions, labels }: Tally, policy: ProjectPolicy): ReviewReason[] {
  const reasons: ReviewReason[] = [];
  const has = (disposition: Exclusion['disposition']) => excluded.some((each) => each.disposition === disposition);
  if (accepted === 0) reasons.push('NothingToArchive');
  if (labels.subject !== undefined && new Set(sessions.map(({ patient }) => patient)).size > 1) {
    reasons.push('MixedPatients');
  }
  if (labels.session !== undefined && sessions.length > 1) reasons.push('MixedStudies');
  if (has('hold') && policy.onHeldFile === 'hold') reasons.push('FilesHeld');
  if (has('refuse') && policy.onRefusedFile !== 'continue') reasons.push('FilesRefused');
  return reasons;
}

function decide(
  reasons: readonly ReviewReason[],
  { labelled }: { excluded: readonly Exclusion[]; labelled: number },
  policy: ProjectPolicy,
): Decision {
  if (reasons.length === 0) return 'accept';
  const rejects =
    labelled === 0 ||
    (reasons.includes('FilesRefused') && policy.onRefusedFile === 'reject') ||
    ((reasons.includes('MixedPatients') || reasons.includes('MixedStudies')) && policy.onMixedSession === 'reject');
  return rejects ? 'reject' : 'hold';
}
