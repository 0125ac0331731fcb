import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { ResourceRule } from '../policy/ResourceRule.ts';
import type { AcceptedFile } from './labelSessions.ts';
import type { PlannedResource } from './PlannedResource.ts';
import type { Fact, Review, ReviewedScan, ReviewedSession } from './steps.ts';

type OtherFile = Pick<Fact, 'file' | 'folders'> & { resource: PlannedResource };

interface Placeable {
  /** Files that are no DICOM. */
  others: readonly OtherFile[];
  /** DICOM files that go on, and what was made of them. */
  dicom: readonly (AcceptedFile & Pick<Fact, 'folders'>)[];
  sessions: Review['sessions'];
  scans: Review['scans'];
}

interface Placed {
  /** One entry per resource, numbered on from the scans of the review. */
  scans: ReviewedScan[];
  placed: Review['placed'];
  /** Files of which cannot be told where they belong. */
  unplaced: number[];
}

/**
 * Places files that are no DICOM by what their paths tell, and by nothing else. Those of subjects and projects are placed
 * with one of its sessions: they lie in a folder of its label.
 */
export function placeResources({ others, ...known }: Placeable, policy: ProjectPolicy): Placed {
  const found: Placed = { scans: [], placed: [], unplaced: [] };
  const entries = new Map<string, ReviewedScan>();
  const placeOf = placeFinder(known);
  for (const other of others) {
    const rule = policy.resources[other.resource.rule];
    const parent = rule && placeOf(other, rule);
    if (rule === undefined || parent === undefined) {
      found.unplaced.push(other.file);
      continue;
    }
    const { level, label, format, content, tags } = rule;
    const key = JSON.stringify([parent.session, parent.scan, level, label]);
    const id = `r${String(known.scans.length + entries.size + 1).padStart(4, '0')}`;
    const entry = entries.get(key) ?? { ...parent, id, resource: { level, label, format, content, tags } };
    entries.set(key, entry);
    found.placed.push({ file: other.file, scan: entry.id });
  }
  return { ...found, scans: [...entries.values()] };
}

/** What takes the place of a scan where there is none: it is never made. */
const standIn = ({ id, xsiType }: ReviewedSession, { label }: ResourceRule) => ({
  ...{ session: id, series: `resource/${label}`, scan: label, modality: 'OT', xsiType },
});

type Known = Omit<Placeable, 'others'>;

function placeFinder({ dicom, sessions, scans }: Known) {
  const { scansIn, sessionsIn } = folderIndex({ dicom, sessions, scans });
  const all = new Set(sessions);
  /** Those of the innermost folder that has DICOM files somewhere in it. */
  const near = ({ folders = [] }: OtherFile): ReadonlySet<ReviewedSession> =>
    folders.map((folder) => sessionsIn.get(folder)).find((each) => each !== undefined) ?? all;
  const scanOf = (other: OtherFile, { seriesAfter }: ResourceRule) => {
    if (seriesAfter === undefined) return onlyOne(scansIn.get(other.folders?.[0] ?? -1) ?? []);
    const session = onlyOne(near(other));
    const number = String(other.resource.seriesNumber);
    // series that share a number are told apart by a suffix, which no path has
    return onlyOne(scans.filter((scan) => scan.session === session?.id && scan.scan.split('-')[0] === number));
  };
  const sessionOf = (other: OtherFile, level: ResourceRule['level']) => {
    const [first, ...others] = level === 'project' ? all : near(other);
    const isTold = others.every(
      ({ subject }) => level === 'project' || (level === 'subject' && subject === first?.subject),
    );
    return isTold ? first : undefined;
  };
  return (other: OtherFile, rule: ResourceRule) => {
    if (rule.level === 'scan') return scanOf(other, rule);
    const session = sessionOf(other, rule.level);
    return session && standIn(session, rule);
  };
}

/** Scans by the folder of their files, and sessions by all folders that these lie in. */
function folderIndex({ dicom, sessions, scans }: Known) {
  const byStudy = new Map(sessions.map((session) => [`${session.patient} ${session.study}`, session]));
  const bySeries = new Map(scans.map((scan) => [`${scan.session} ${scan.series}`, scan]));
  const scansIn = new Map<number, Set<ReviewedScan>>();
  const sessionsIn = new Map<number, Set<ReviewedSession>>();
  for (const { folders = [], dicom: found } of dicom) {
    const session = byStudy.get(`${found.patient} ${found.study}`);
    const scan = bySeries.get(`${session?.id} ${found.series}`);
    if (session === undefined || scan === undefined) continue;
    for (const [depth, folder] of folders.entries()) {
      sessionsIn.set(folder, (sessionsIn.get(folder) ?? new Set()).add(session));
      if (depth === 0) scansIn.set(folder, (scansIn.get(folder) ?? new Set()).add(scan));
    }
  }
  return { scansIn, sessionsIn };
}

function onlyOne<Found>(found: Iterable<Found>): Found | undefined {
  const [first, ...others] = found;
  return others.length === 0 ? first : undefined;
}
