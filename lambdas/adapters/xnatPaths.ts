import type { ResourceLevel } from '../../core/policy/ResourceRule.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { XnatLabel } from '../../core/submission/contracts/Submission.ts';
import type { ScanTarget, SessionPlace, SessionTarget } from '../../core/submission/ports.ts';

/**
 * Addresses at XNAT, from its root on. A label is one path segment and never more: what is none by its pattern is
 * refused before anything is sent.
 * @throws DomainError XnatRefused
 */
export const xnatPaths = {
  subject: ({ xnatProject, session }: SessionPlace) => `${projectPath(xnatProject)}/subjects/${label(session.subject)}`,
  /** By its project alone, whoever its subject is. */
  labelled: ({ xnatProject, session }: { xnatProject: string; session: Pick<SessionPlace['session'], 'session'> }) =>
    `${projectPath(xnatProject)}/experiments/${label(session.session)}`,
  sessions: ({ xnatProject }: SessionPlace) => `${projectPath(xnatProject)}/experiments`,
  session: (target: SessionTarget) => `${xnatPaths.subject(target)}/experiments/${label(target.session.session)}`,
  scan: (target: ScanTarget) => `${xnatPaths.session(target)}/scans/${label(target.scan.scan)}`,
  /** What holds the files of a target: its scan, or what its resource belongs to. */
  holder: (target: ScanTarget) => holders[target.scan.resource?.level ?? 'scan'](target),
  /** Where the files of a target are: the DICOM of its scan, or another resource. */
  resource: (target: ScanTarget) =>
    `${xnatPaths.holder(target)}/resources/${label(target.scan.resource?.label ?? 'DICOM')}`,
  prearchive: (project: string) => `/data/prearchive/projects/${label(project)}`,
  /** Is it the address of a session in the prearchive of this project, and of nothing else? */
  isPrearchived: (uri: string, project: string) =>
    new RegExp(`^/data/prearchive/projects/${label(project)}/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$`).test(uri),
  /** Itself, where it is a label. */
  label,
  /** A file by the name of one path segment. */
  file: (target: ScanTarget, name: string) => `${xnatPaths.resource(target)}/files/${segment(name)}`,
};

const holders: Record<ResourceLevel, (target: ScanTarget) => string> = {
  scan: (target) => xnatPaths.scan(target),
  session: (target) => xnatPaths.session(target),
  subject: (target) => xnatPaths.subject(target),
  project: ({ xnatProject }) => projectPath(xnatProject),
};

function label(value: string): string {
  if (!XnatLabel.safeParse(value).success) throw refused('label', 'letters, digits, _ and -, 64 at the most');
  return value;
}

const projectPath = (project: string) => `/data/projects/${label(project)}`;

/** `encodeURIComponent` leaves dots, which are no names, and fails on half of a surrogate pair. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed() || name.includes('\0')) {
    throw refused('file name', 'one that a path can hold');
  }
  return encodeURIComponent(name);
}

const refused = (what: string, wanted: string) =>
  new DomainError('XnatRefused', `Cannot address XNAT: the ${what} is not allowed, wanted ${wanted}`);
