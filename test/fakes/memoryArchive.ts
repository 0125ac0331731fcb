import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { readPackDirectory } from '../../core/pack/readPackDirectory.ts';
import { localHeaderBytes } from '../../core/pack/zipRecords.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive, Bytes, ScanTarget, SessionPlace } from '../../core/submission/ports.ts';

interface StoredScan {
  series: string;
  xsiType: string;
  /** Bytes by name; a test may spoil or remove them. */
  files: Map<string, Uint8Array>;
  /** Beside its DICOM, by label. */
  resources: Resources;
}

type Resources = Map<string, Map<string, Uint8Array>>;

interface StoredSession {
  id: string;
  subject: string;
  study: string;
  xsiType: string;
  scans: Map<string, StoredScan>;
  /** Files of its own resources, by label. */
  resources: Resources;
  fields: Record<string, string>;
}

/** The Archive port in memory. What is stored is open to tests that spoil it. */
export interface MemoryArchive extends Archive {
  /** By project and session label. */
  sessions: Map<string, StoredSession>;
  /** Resources of subjects and projects, by the address of their holder. */
  shared: Map<string, Resources>;
}

/** The resources of the item at an address, a scan's DICOM as `1`; undefined where there is none. */
export function resourcesAt({ sessions, shared }: Pick<MemoryArchive, 'sessions' | 'shared'>, address: string) {
  const [, id, scan] = /^\/data\/experiments\/([^/]+)(?:\/scans\/([^/]+))?$/.exec(address) ?? [];
  if (id === undefined) return shared.get(address);
  const session = [...sessions.values()].find((each) => each.id === id);
  if (scan === undefined) return session?.resources;
  const stored = session?.scans.get(scan);
  return stored && new Map([['1', stored.files], ...stored.resources]);
}

/** What the import service was given, by project, session and study. */
interface PrearchivedStudy {
  target: ScanTarget;
  uri: string;
  scans: Map<string, StoredScan>;
}

/** `digests: false` is a site that computes none when files arrive and none when asked. */
export function memoryArchive({ digests = true }: { digests?: boolean } = {}): MemoryArchive {
  const sessions: MemoryArchive['sessions'] = new Map();
  const shared: MemoryArchive['shared'] = new Map();
  const prearchive = new Map<string, PrearchivedStudy>();
  let ids = 0;
  const nextId = () => {
    ids += 1;
    return `XNAT_E${String(ids).padStart(5, '0')}`;
  };
  const keyOf = ({ xnatProject, session }: SessionPlace) => `${xnatProject}/${session.session}`;
  const sessionAt = (uri: string) => [...sessions.values()].find(({ id }) => uri === `/data/experiments/${id}`);
  const scanOf = (target: ScanTarget) => sessions.get(keyOf(target))?.scans.get(target.scan.scan);
  const holderOf = (target: ScanTarget) => {
    const session = `/data/experiments/${sessions.get(keyOf(target))?.id}`;
    const project = `/data/projects/${target.xnatProject}`;
    const subject = `${project}/subjects/${target.session.subject}`;
    return { scan: `${session}/scans/${target.scan.scan}`, session, subject, project }[
      target.scan.resource?.level ?? 'scan'
    ];
  };
  const labelOf = ({ scan }: ScanTarget) => scan.resource?.label ?? '1';
  const filesOf = (target: ScanTarget) => resourcesAt({ sessions, shared }, holderOf(target))?.get(labelOf(target));
  const prefixOf = (target: ScanTarget) => `${holderOf(target)}/resources/${labelOf(target)}/files/`;
  const openResource = (target: ScanTarget) => {
    const { level, label } = target.scan.resource ?? { level: 'scan', label: '1' };
    if (level === 'subject' || level === 'project') {
      const held = shared.get(holderOf(target)) ?? new Map();
      shared.set(holderOf(target), held);
      if (!held.has(label)) held.set(label, new Map());
    }
    const own = level === 'session' ? sessions.get(keyOf(target))?.resources : scanOf(target)?.resources;
    if (label !== '1' && !own?.has(label)) own?.set(label, new Map());
  };

  return {
    ...{ sessions, shared },
    async lookUp(target) {
      const { xnatProject, session } = target;
      const standing = sessions.get(keyOf(target));
      const others = [...sessions].filter(([key]) => key.startsWith(`${xnatProject}/`) && key !== keyOf(target));
      return {
        isSubjectNew: ![...sessions.values()].some(({ subject }) => subject === session.subject),
        session: standing && {
          ...{ id: standing.id, xsiType: standing.xsiType, study: standing.study },
          isOfSubject: standing.subject === session.subject,
          scans: [...standing.scans].map(([scan, { series }]) => ({ scan, series })),
        },
        elsewhere: others.flatMap(([, other]) => (other.study === session.study ? [other.id] : [])),
      };
    },
    async ensureScan(target) {
      const { session, scan } = target;
      const { subject, study, xsiType } = session;
      const standing = sessions.get(keyOf(target)) ?? {
        id: nextId(),
        subject,
        study,
        xsiType,
        scans: new Map(),
        resources: new Map(),
        fields: {},
      };
      if (standing.subject !== subject || standing.study !== study || standing.xsiType !== xsiType) throw conflict();
      sessions.set(keyOf(target), standing);
      if (scan.resource === undefined || scan.resource.level === 'scan') {
        const stored = standing.scans.get(scan.scan) ?? newScan(scan);
        if (stored.series !== scan.series || stored.xsiType !== scan.xsiType) throw conflict();
        standing.scans.set(scan.scan, stored);
      }
      openResource(target);
    },
    async listFiles(target) {
      return [...(filesOf(target) ?? [])].map(([name, bytes]) => ({
        name,
        sizeBytes: bytes.length,
        md5: digests ? md5(bytes) : undefined,
        uri: `${prefixOf(target)}${name.split('/').map(encodeURIComponent).join('/')}`,
      }));
    },
    async putPack(target, { body }) {
      const unpacked = await unpack(body);
      const files = filesOf(target);
      if (files === undefined) throw absent('scan');
      for (const [name, bytes] of unpacked) files.set(name, bytes);
    },
    async readHeaders(target) {
      if (filesOf(target) === undefined) throw absent('scan');
    },
    async digestFile(uri) {
      const [, holder = '', label = '', name = ''] = /^(.+)\/resources\/([^/]+)\/files\/(.+)$/.exec(uri) ?? [];
      const bytes = resourcesAt({ sessions, shared }, holder)?.get(label)?.get(decodeURIComponent(name));
      if (bytes === undefined) throw absent('file');
      return { sizeBytes: bytes.length, md5: md5(bytes), sha256: sha256(bytes) };
    },
    async sessionUri(target) {
      const session = sessions.get(keyOf(target));
      if (session === undefined) throw absent('session');
      return `/data/experiments/${session.id}`;
    },
    async findSession(uri) {
      requireItem(uri);
      const [key = '', found] = [...sessions].find(([, { id }]) => uri === `/data/experiments/${id}`) ?? [];
      const [xnatProject = '', session = ''] = key.split('/');
      return found && { xnatProject, session, subject: found.subject, study: found.study };
    },
    async findSubject({ xnatProject, subject: asked }) {
      const subject = asked.replace(/^XNAT_S_/, '');
      const own = [...sessions].some(([key, each]) => key.startsWith(`${xnatProject}/`) && each.subject === subject);
      const isThere = own || shared.has(`/data/projects/${xnatProject}/subjects/${subject}`);
      return isThere ? { id: `XNAT_S_${subject}`, subject } : undefined;
    },
    async listStored(item) {
      requireItem(item);
      const groups = [...(resourcesAt({ sessions, shared }, item) ?? [])];
      return groups.flatMap(([resource, files]) =>
        [...files].map(([name, bytes]) => ({
          ...{ name, sizeBytes: bytes.length, md5: digests ? md5(bytes) : undefined },
          uri: `${item}/resources/${resource}/files/${encodeURIComponent(name)}`,
        })),
      );
    },
    async relabel({ uri, xnatProject }, to) {
      const [key = '', found] = [...sessions].find(([, { id }]) => uri === `/data/experiments/${id}`) ?? [];
      if (found === undefined) throw absent('session');
      const next = `${xnatProject}/${to.session}`;
      if (next !== key && sessions.has(next)) throw conflict();
      sessions.delete(key);
      sessions.set(next, found);
      found.subject = to.subject;
    },
    async listPrearchived(target) {
      const own = prearchive.get(`${keyOf(target)}/${target.session.study}`);
      if (own === undefined) return [];
      const scans = [...own.scans].map(([scan, { files }]) => ({ scan, names: [...files.keys()] }));
      return [{ uri: own.uri, state: 'open', scans }];
    },
    async importPack(target, { body }) {
      const key = `${keyOf(target)}/${target.session.study}`;
      const uri = `/data/prearchive/projects/${target.xnatProject}/20260102_000000000/${target.session.session}`;
      const own = prearchive.get(key) ?? { target, uri, scans: new Map() };
      prearchive.set(key, own);
      const stored = own.scans.get(target.scan.scan) ?? newScan(target.scan);
      own.scans.set(target.scan.scan, stored);
      for (const [name, bytes] of await unpack(body)) stored.files.set(name, reencoded(bytes));
    },
    async commit({ uri }) {
      const [key, found] = [...prearchive].find(([, study]) => study.uri === uri) ?? [];
      if (key === undefined || found === undefined) throw absent('session');
      for (const [scan, { series, xsiType, files }] of found.scans) {
        const target = { ...found.target, scan: { ...found.target.scan, scan, series, xsiType } };
        await this.ensureScan(target);
        for (const [name, bytes] of files) scanOf(target)?.files.set(name, bytes);
      }
      prearchive.delete(key);
    },
    async listInstances(target) {
      // files are named by their instances
      return new Map([...(scanOf(target)?.files.keys() ?? [])].map((name) => [name, name.replace(/\.dcm$/, '')]));
    },
    async findRecord(session, name) {
      const bytes = sessionAt(session)?.resources.get('AIRLOCK')?.get(name);
      return bytes && { sizeBytes: bytes.length, md5: md5(bytes) };
    },
    async putRecord(session, pack) {
      const resources = sessionAt(session)?.resources;
      if (resources === undefined) throw absent('session');
      const records = resources.get('AIRLOCK') ?? new Map<string, Uint8Array>();
      for (const [name, bytes] of await unpack(pack)) records.set(name, bytes);
      resources.set('AIRLOCK', records);
    },
    async readFields(session) {
      const found = sessionAt(session);
      if (found === undefined) throw absent('session');
      return { ...found.fields };
    },
    async writeFields(session, fields) {
      const found = sessionAt(session);
      if (found === undefined) throw absent('session');
      Object.assign(found.fields, fields);
    },
    async end() {},
  };
}

const newScan = ({ series, xsiType }: ScanTarget['scan']): StoredScan => ({
  ...{ series, xsiType, files: new Map(), resources: new Map() },
});

/** XNAT's importer writes a file again; here its first byte, of a preamble that nobody reads. */
function reencoded(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[0] = 0xff;
  return copy;
}

async function unpack(body: Bytes): Promise<Map<string, Uint8Array>> {
  const zip = Buffer.concat(await Array.fromAsync(body));
  const entries = await readPackDirectory(async ({ start, end }) => zip.subarray(start, end), zip.length);
  return new Map(
    entries.map(({ name, offset, storedBytes, method }) => {
      // a local header ends with a name and an extra field, whose lengths are its last two fields
      const start = offset + localHeaderBytes + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
      const data = zip.subarray(start, start + storedBytes);
      return [name, method === 'store' ? data : inflateRawSync(data)];
    }),
  );
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

const conflict = () =>
  new DomainError('XnatConflict', 'Cannot prepare a scan: another stands there, wanted our own or none');

function requireItem(uri: string): void {
  if (/^\/data\/experiments\/\w+(\/scans\/[^/]+)?$/.test(uri)) return;
  throw new DomainError('XnatRefused', 'Cannot address a session: the address is wrong');
}

const absent = (what: string) =>
  new DomainError('XnatRefused', `Cannot find a ${what}: it is absent, wanted a stored one`);
