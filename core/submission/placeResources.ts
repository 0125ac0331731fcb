import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { AcceptedFile } from './labelSessions.ts';
import type { PlannedResource } from './PlannedResource.ts';
import type { Fact, Review, ReviewedScan } from './steps.ts';

type Resource = NonNullable<ReviewedScan['resource']>;

interface Placeable {
  /** Files that are no DICOM. */
  others: readonly (Fact & { resource: PlannedResource })[];
  /** DICOM files that go on, and what was made of them. */
  dicom: readonly (AcceptedFile & Pick<Fact, 'folder'>)[];
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
 * Places files that are no DICOM. Those of a scan go by what their path tells; all others need the only session of the
 * submission, also those of its subject or project: they lie there in a folder of its label.
 */
export function placeResources({ others, ...known }: Placeable, policy: ProjectPolicy): Placed {
  const found: Placed = { scans: [], placed: [], unplaced: [] };
  const entries = new Map<string, ReviewedScan>();
  const [home, ...furtherSessions] = known.sessions;
  const only = furtherSessions.length === 0 ? home : undefined;
  for (const { file, folder, resource } of others) {
    const rule = policy.resources[resource.rule];
    if (rule === undefined) continue;
    const { level, label, format, content, tags } = rule;
    const held = { level, label, format, content, tags };
    const parent = level === 'scan' ? scanOf({ folder, resource, only }, known) : only && standIn(only, held);
    if (parent === undefined) {
      found.unplaced.push(file);
      continue;
    }
    const key = JSON.stringify([parent.session, parent.scan, level, label]);
    const id = `r${String(known.scans.length + entries.size + 1).padStart(4, '0')}`;
    const entry = entries.get(key) ?? { ...parent, id, resource: held };
    entries.set(key, entry);
    found.placed.push({ file, scan: entry.id });
  }
  return { ...found, scans: [...entries.values()] };
}

/** What takes the place of a scan where there is none: it is never made. */
const standIn = ({ id, xsiType }: Review['sessions'][number], { label }: Resource) => ({
  ...{ session: id, series: `resource/${label}`, scan: label, modality: 'OT', xsiType },
});

interface Told {
  folder: number | undefined;
  resource: PlannedResource;
  only: Review['sessions'][number] | undefined;
}

/** The one scan of the number in the path, or of the DICOM files in the same folder. */
function scanOf({ folder, resource, only }: Told, { dicom, sessions, scans }: Omit<Placeable, 'others'>) {
  const { seriesNumber } = resource;
  if (seriesNumber !== undefined) {
    // series that share a number are told apart by a suffix, which no path has
    const numbered = scans.filter(
      ({ session, scan }) => session === only?.id && scan.split('-')[0] === String(seriesNumber),
    );
    return numbered.length === 1 ? numbered[0] : undefined;
  }
  if (folder === undefined) return undefined;
  const beside = dicom.filter((each) => each.folder === folder);
  const found = new Set(
    beside.map(({ dicom: { patient, study, series } }) => {
      const session = sessions.find((each) => each.patient === patient && each.study === study);
      return scans.find((scan) => scan.session === session?.id && scan.series === series);
    }),
  );
  const [scan, ...others] = found;
  return others.length === 0 ? scan : undefined;
}
