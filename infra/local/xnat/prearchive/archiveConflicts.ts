import { sessionXsiType } from '../../../../core/submission/review/xsiTypes.ts';
import type { Item } from '../archiveStore.ts';
import type { Site } from '../call.ts';
import type { PrearchivedFile, PrearchiveRow } from './prearchiveStore.ts';

/** How far an archiving may touch what stands. */
export interface MergeRules {
  merges: boolean;
  overrides: boolean;
  overwritesFiles: boolean;
}

interface Candidate {
  row: PrearchiveRow;
  files: PrearchivedFile[];
  rules: MergeRules;
}

/** What keeps a row out of the archive, in XNAT's order and words (PrearcSessionArchiver.checkForConflicts). */
export function archiveConflicts({ row, files, rules }: Candidate, { store }: Pick<Site, 'store'>): string[] {
  const session = store.findItem('experiment', row.project, row.name);
  if (session === undefined) return [];
  const { merges, overrides } = rules;
  if (!merges && !overrides) return ['Session already exists, retry with overwrite enabled'];
  if (session.xsiType !== sessionXsiType(files.map(({ sopClass }) => sopClass))) {
    return ['Invalid modification of session modality via archive process. Data may require a manual merge.'];
  }
  const subject = store.getItem(session.parent);
  if (subject?.label.toLowerCase() !== row.subject.toLowerCase()) {
    return [
      `Invalid modification of session subject via archive process.: ${row.name} Already Exists for another Subject`,
    ];
  }
  const isOtherStudy = session.fields.UID !== undefined && session.fields.UID !== row.tag;
  if (isOtherStudy && !overrides) return ['Invalid modification of session UID via archive process.'];
  return [
    ...seriesConflicts({ row, files, rules }, session, store),
    ...fileConflicts({ row, files, rules }, session, store),
  ];
}

type Store = Pick<Site['store'], 'listChildren' | 'listResources' | 'listFiles' | 'listInstances'>;

function seriesConflicts({ files, rules }: Candidate, session: Item, store: Store): string[] {
  if (rules.overrides) return [];
  const scans = store.listChildren(session.key);
  return files
    .flatMap(({ scan, series }) =>
      scans.some(({ id, fields }) => fields.UID === series && id !== scan)
        ? [`Session already contains a scan (${scan}) with the same UID and another number.`]
        : [],
    )
    .slice(0, 1);
}

function fileConflicts({ files, rules }: Candidate, session: Item, store: Store): string[] {
  if (rules.overrides || rules.overwritesFiles) return [];
  const known = new Set<string>();
  for (const scan of store.listChildren(session.key)) {
    for (const { id } of store.listResources(scan.key)) {
      for (const uid of store.listInstances(id).values()) known.add(uid);
      for (const { path } of store.listFiles(id)) known.add(`${scan.id}/${path}`);
    }
  }
  const isKnown = files.some(({ instance, scan, path }) => known.has(instance) || known.has(`${scan}/${path}`));
  return isKnown ? ['Session already exists with matching files.'] : [];
}
