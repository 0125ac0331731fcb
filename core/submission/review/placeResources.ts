import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import type { ResourceRule } from '../../policy/ResourceRule.ts';
import type { PlannedResource } from '../contracts/PlannedResource.ts';
import type { DicomFact, Fact, Review, ReviewedScan, ReviewedSession } from '../contracts/steps.ts';
import type { AcceptedFile } from './labelSessions.ts';

type OtherFile = Pick<Fact, 'file' | 'folders'> & { resource: PlannedResource };

type Exclusion = Review['excluded'][number];

interface Placeable {
  /** Files that are no DICOM. */
  others: readonly OtherFile[];
  /** All files: DICOM that is kept out tells as well whose folder it lies in. */
  facts: readonly Pick<Fact, 'file' | 'folders' | 'dicom' | 'resource'>[];
  /** DICOM that goes on, now or once a person has released it. */
  dicom: readonly AcceptedFile[];
  excluded: ReadonlyMap<number, Exclusion>;
  sessions: Review['sessions'];
  scans: Review['scans'];
}

interface Placed {
  /** One entry per resource, numbered on from the scans of the review. */
  scans: ReviewedScan[];
  placed: Review['placed'];
  /** Files of which cannot be told where they belong, and files that wait with the DICOM of their place. */
  excluded: Exclusion[];
}

/**
 * Places files that are no DICOM by what their paths tell, and by nothing else. Those of subjects and projects are placed
 * with one of its sessions: they lie in a folder of its label. None of them makes a session, or a scan: where all of its
 * DICOM is held, they are held with it.
 */
export function placeResources({ others, ...known }: Placeable, policy: ProjectPolicy): Placed {
  const found: Placed = { scans: [], placed: [], excluded: [] };
  const entries = new Map<string, ReviewedScan>();
  const placeOf = placeFinder(known);
  for (const other of others) {
    const rule = policy.resources[other.resource.rule];
    const place = rule && placeOf(other, rule);
    if (rule === undefined || place === undefined) {
      found.excluded.push({ file: other.file, disposition: 'hold', code: 'ResourceUnplaced' });
      continue;
    }
    const { parent, hold } = place;
    const { level, label, format, content, tags } = rule;
    const key = JSON.stringify([parent.session, parent.scan, level, label]);
    const id = `r${String(known.scans.length + entries.size + 1).padStart(4, '0')}`;
    const entry = entries.get(key) ?? { ...parent, id, resource: { level, label, format, content, tags } };
    entries.set(key, entry);
    found.placed.push({ file: other.file, scan: entry.id });
    if (hold !== undefined && !known.excluded.has(other.file)) found.excluded.push({ ...hold, file: other.file });
  }
  return { ...found, scans: [...entries.values()] };
}

/** What takes the place of a scan where there is none: it is never made. */
const standIn = ({ id, xsiType }: ReviewedSession, { label }: ResourceRule) => ({
  ...{ session: id, series: `resource/${label}`, scan: label, modality: 'OT', xsiType },
});

type Known = Omit<Placeable, 'others'>;

function placeFinder(known: Known) {
  const { sessions, scans } = known;
  const { seriesIn, studiesIn } = folderIndex(known);
  const holdOf = holdFinder(known);
  const byStudy = new Map(sessions.map((session) => [studyOf(session), session]));
  const bySeries = new Map(scans.map((scan) => [`${scan.session} ${scan.series}`, scan]));
  /** Of the innermost folder that has DICOM somewhere in it; undefined stands for a study that makes no session. */
  const near = ({ folders = [] }: OtherFile) => {
    const studies = folders.map((folder) => studiesIn.get(folder)).find((each) => each !== undefined);
    return [...(studies ?? [])].map((study) => byStudy.get(study));
  };
  const scanOf = (other: OtherFile, { seriesAfter }: ResourceRule) => {
    if (seriesAfter === undefined) {
      const dicom = onlyOne(seriesIn.get(other.folders?.[0] ?? -1)?.values() ?? []);
      return dicom && bySeries.get(`${byStudy.get(studyOf(dicom))?.id} ${dicom.series}`);
    }
    const session = onlyOne(near(other));
    const number = String(other.resource.seriesNumber);
    // series that share a number are told apart by a suffix, which no path has
    return onlyOne(scans.filter((scan) => scan.session === session?.id && scan.scan.split('-')[0] === number));
  };
  const sessionOf = (other: OtherFile, level: ResourceRule['level']) => {
    const found = near(other);
    if (level === 'session') return onlyOne(found);
    const isTold = level === 'project' || new Set(found.map((session) => session?.subject)).size === 1;
    const able = isTold ? found.flatMap((session) => session ?? []) : [];
    return able.find(({ id }) => holdOf(id) === undefined) ?? able[0];
  };
  return (other: OtherFile, rule: ResourceRule) => {
    if (rule.level === 'scan') {
      const scan = scanOf(other, rule);
      return scan && { parent: scan, hold: holdOf(scan.id) };
    }
    const session = sessionOf(other, rule.level);
    return session && { parent: standIn(session, rule), hold: holdOf(session.id) };
  };
}

const studyOf = ({ patient, study }: Pick<DicomFact, 'patient' | 'study'>) => `${patient} ${study}`;

/** Series by the folder of their files, and studies by all folders that these lie in; none of what cannot be read. */
function folderIndex({ facts, excluded }: Known) {
  const seriesIn = new Map<number, Map<string, DicomFact>>();
  const studiesIn = new Map<number, Set<string>>();
  for (const { file, folders = [], dicom, resource } of facts) {
    if (resource !== undefined || excluded.get(file)?.code === 'NotDicom') continue;
    for (const [depth, folder] of folders.entries()) {
      const studies = studiesIn.get(folder) ?? new Set();
      studiesIn.set(folder, dicom === undefined ? studies : studies.add(studyOf(dicom)));
      if (depth > 0 || dicom === undefined) continue;
      const series = seriesIn.get(folder) ?? new Map<string, DicomFact>();
      seriesIn.set(folder, series.set(`${studyOf(dicom)} ${dicom.series}`, dicom));
    }
  }
  return { seriesIn, studiesIn };
}

/** By the id of a session or a scan: why it waits; undefined where some of its DICOM goes on now. */
function holdFinder({ dicom, excluded, sessions, scans }: Known) {
  const holds = new Map<string, Exclusion | undefined>();
  const byStudy = new Map(sessions.map((session) => [studyOf(session), session.id]));
  const bySeries = new Map(scans.map((scan) => [`${scan.session} ${scan.series}`, scan.id]));
  for (const { file, dicom: found } of dicom) {
    const session = byStudy.get(studyOf(found));
    const hold = excluded.get(file);
    for (const id of [session, bySeries.get(`${session} ${found.series}`)]) {
      if (id !== undefined && (hold === undefined || !holds.has(id))) holds.set(id, hold);
    }
  }
  return (id: string) => holds.get(id);
}

function onlyOne<Found>(found: Iterable<Found>): Found | undefined {
  const [first, ...others] = found;
  return others.length === 0 ? first : undefined;
}
