import type { DataSet } from 'dicom-parser';
import type { Site } from '../call.ts';
import { refusal } from '../refusal.ts';
import { mayEdit } from '../rights.ts';
import type { XnatUser } from '../xnatOptions.ts';

/** What the parameters of an import ask for. */
export interface Destination {
  project: string | undefined;
  subject: string | undefined;
  session: string | undefined;
  /** Builds at once. */
  commits: boolean;
  /** And archives. */
  archives: boolean;
  merges: boolean;
  overrides: boolean;
  overwritesFiles: boolean;
  renames: boolean;
  ignoresUnparsable: boolean;
  autoarchive: string;
  preventAnon: string;
  preventAutoCommit: string;
  source: string;
}

/** @throws refusal 400 for a `dest` that is none */
export function importDestination(parameters: URLSearchParams, { faults }: Pick<Site, 'faults'>): Destination {
  const value = (...names: string[]) =>
    names.map((name) => parameters.get(name)).find((found) => found !== null) ?? undefined;
  const isTrue = (...names: string[]) => value(...names) === 'true';
  const dest = destOf(value('dest'));
  const asks = value('action') === 'commit';
  const overwrite = value('overwrite');
  const overrides = overwrite === 'delete' || overwrite === 'override';
  const mergeWords = overwrite !== undefined && (faults.get().looseOverwrite || overwrite === 'append' || overrides);
  const aa = value('AA', 'auto-archive');
  return {
    project: value('project', 'PROJECT_ID') ?? dest.project,
    subject: value('subject', 'SUBJECT_ID') ?? dest.subject,
    session: value('session', 'EXPT_LABEL') ?? dest.session,
    commits: asks || dest.area !== undefined,
    archives: dest.area === undefined ? asks && aa === 'true' : dest.area === 'archive',
    merges: mergeWords,
    overrides,
    overwritesFiles: isTrue('overwrite_files'),
    renames: isTrue('rename'),
    // on by itself when a commit is asked for in so many words
    ignoresUnparsable: value('Ignore-Unparsable') === undefined ? asks : isTrue('Ignore-Unparsable'),
    autoarchive: aa === 'true' ? '4' : '',
    preventAnon: String(isTrue('prevent_anon')),
    preventAutoCommit: String(isTrue('prevent_auto_commit')),
    source: value('SOURCE') ?? '',
  };
}

interface Dest {
  area?: 'archive' | 'prearchive';
  project?: string | undefined;
  subject?: string | undefined;
  session?: string | undefined;
}

function destOf(dest: string | undefined): Dest {
  if (dest === undefined) return {};
  const archive = /^\/archive(?:\/projects\/([\w-]+)(?:\/subjects\/([\w-]+)(?:\/experiments\/([\w-]+))?)?)?$/.exec(
    dest,
  );
  if (archive !== null) return { area: 'archive', project: archive[1], subject: archive[2], session: archive[3] };
  const prearchive = /^\/prearchive(?:\/projects\/([\w-]+)(?:\/\w+(?:\/([\w-]+))?)?)?$/.exec(dest);
  if (prearchive !== null) return { area: 'prearchive', project: prearchive[1], session: prearchive[2] };
  throw refusal(400, 'Parameter dest format error');
}

/**
 * Explicit parameters win where the project exists and the user may write there. Otherwise the headers decide, and the
 * last resort is the project Unassigned: a wrong project is answered with 200, as XNAT does, unless the quirk is off.
 */
export function routeSession(header: DataSet, asked: Destination, { user, site }: { user: XnatUser; site: Site }) {
  const isOpen = (project: string) =>
    site.store.findItem('project', '', project) !== undefined && mayEdit(user, project);
  const { unassignedFallback } = site.faults.get();
  if (asked.project !== undefined && !isOpen(asked.project) && !unassignedFallback) {
    throw refusal(403, 'Specified user account has insufficient privileges for this project');
  }
  const named = [asked.project, header.string('x00081030'), header.string('x00080050')];
  const project = named.find((name) => name !== undefined && isOpen(name)) ?? 'Unassigned';
  const subject = clean(asked.subject ?? header.string('x00100010') ?? '');
  return { project, subject, name: clean(asked.session ?? header.string('x00100020') ?? '') };
}

const clean = (label: string) => label.replace(/[^A-Za-z0-9_-]/g, '_') || 'dicom_upload';
