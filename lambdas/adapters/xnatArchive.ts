import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive, ScanTarget, SessionPlace, SessionTarget } from '../../core/submission/ports.ts';
import {
  catalogInstances,
  DuplicatesAnswer,
  FileTable,
  ResourceTable,
  SessionAnswer,
  SessionTable,
} from './xnatAnswers.ts';
import type { HttpAnswer } from './xnatConnection.ts';
import { xnatFields } from './xnatFields.ts';
import { xnatLabels } from './xnatLabels.ts';
import { xnatPaths } from './xnatPaths.ts';
import { xnatPrearchive } from './xnatPrearchive.ts';
import { xnatRecords } from './xnatRecords.ts';
import { type XnatAccess, xnatSession } from './xnatSession.ts';

/**
 * XNAT behind the Archive port, by its resource route: the one that keeps bytes as they are.
 *
 * A session carries its StudyInstanceUID in the field `UID`, a scan its SeriesInstanceUID: they tell our session from
 * another of the same label. XNAT's PUT would move a session to another subject without a word, so it is sent only for
 * a session that is absent, or is an empty shell of the right subject, and what came of it is read back.
 */
export function xnatArchive(access: XnatAccess): Archive {
  const xnat = xnatSession(access);
  const { readJson: read, askText: write } = xnat;
  const { readFields, writeFields } = xnatFields(xnat);

  const readSession = (target: SessionPlace) =>
    read({ action: 'read a session', path: xnatPaths.labelled(target) }, SessionAnswer);

  const isOfSubject = async ({ id }: SessionAnswer, target: SessionPlace): Promise<boolean> => {
    const action = 'read the sessions of a subject';
    const path = `${xnatPaths.subject(target)}/experiments`;
    const siblings = await read({ action, path, query: { columns: 'ID' } }, SessionTable);
    return siblings?.some(({ ID }) => ID === id) === true;
  };

  /** A site that does not know the filter answers with every session, so each answer is looked at. */
  const sessionsOfStudy = async (target: SessionPlace): Promise<string[]> => {
    const { study } = target.session;
    const action = 'look for a study';
    const query = { columns: 'ID,UID', UID: study };
    const found = await read({ action, path: xnatPaths.sessions(target), query }, SessionTable);
    return (found ?? []).flatMap(({ ID, UID }) => (UID === study ? [ID] : []));
  };

  const requireOwn = async (found: SessionAnswer, target: SessionTarget): Promise<void> => {
    const { xnatProject, session } = target;
    if (found.project !== undefined && found.project !== xnatProject) throw conflict('session is of another project');
    if (found.xsiType !== session.xsiType) throw conflict('session has another type');
    const isOwn = found.uid === undefined ? found.scans.length === 0 : found.uid === session.study;
    if (!isOwn) throw conflict('session holds another study');
    if (!(await isOfSubject(found, target))) throw conflict('session label belongs to another subject');
  };

  const createSession = async (target: SessionTarget, shell?: SessionAnswer): Promise<SessionAnswer> => {
    const { xsiType, study, date } = target.session;
    if (shell === undefined)
      await write({ action: 'create a subject', method: 'PUT', path: xnatPaths.subject(target) });
    // by the path of its subject XNAT would take visit and protocol from a session that somebody has made ready
    const path = shell === undefined ? xnatPaths.session(target) : xnatPaths.labelled(target);
    const dated = date === undefined ? {} : { [`${xsiType}/date`]: date };
    const query = { xsiType, [`${xsiType}/UID`]: study, ...dated };
    await write({ action: 'create a session', method: 'PUT', path, query });
    const created = await readSession(target);
    if (created?.uid === undefined) {
      throw new DomainError('XnatRefused', 'Cannot create a session: it is absent after XNAT accepted it');
    }
    await requireOwn(created, target);
    return created;
  };

  const ensureSession = async (target: SessionTarget): Promise<SessionAnswer> => {
    const standing = await readSession(target);
    if (standing !== undefined) await requireOwn(standing, target);
    return standing?.uid === undefined ? createSession(target, standing) : standing;
  };

  const listFiles = async (target: ScanTarget) =>
    (await read({ action: 'list the files of a resource', path: `${xnatPaths.resource(target)}/files` }, FileTable)) ??
    [];

  const ensureResource = async (target: ScanTarget) => {
    const path = `${xnatPaths.holder(target)}/resources`;
    const resources = await read({ action: 'read the resources of an item', path }, ResourceTable);
    if (resources?.some(({ label }) => xnatPaths.resource(target) === `${path}/${label}`)) return;
    const created = { path: xnatPaths.resource(target), query: catalogOf(target) };
    await write({ action: 'create a resource', method: 'PUT', ...created });
  };

  return {
    async lookUp(target) {
      const found = await readSession(target);
      const holders = await sessionsOfStudy(target);
      const subject = await read({ action: 'look for a subject', path: xnatPaths.subject(target) }, z.unknown());
      const isSubjectNew = subject === undefined;
      if (found === undefined) return { isSubjectNew, session: undefined, elsewhere: holders };
      const { id, xsiType, uid: study } = found;
      const scans = found.scans.map(({ id: scan, uid: series }) => ({ scan, series }));
      return {
        isSubjectNew,
        session: { id, xsiType, study, scans, isOfSubject: await isOfSubject(found, target) },
        elsewhere: holders.filter((holder) => holder !== id),
      };
    },

    async ensureScan(target) {
      const { scan } = target;
      const { scans } = await ensureSession(target);
      const level = scan.resource?.level ?? 'scan';
      const standing = scans.find(({ id }) => id === scan.scan);
      if (level === 'scan' && standing === undefined) {
        const query = { xsiType: scan.xsiType, [`${scan.xsiType}/UID`]: scan.series };
        await write({ action: 'create a scan', method: 'PUT', path: xnatPaths.scan(target), query });
      } else if (level === 'scan' && (standing?.xsiType !== scan.xsiType || standing.uid !== scan.series)) {
        throw conflict('scan holds another series');
      }
      await ensureResource(target);
    },

    listFiles,

    async putPack(target, { name, body }) {
      const path = xnatPaths.file(target, name.endsWith('.zip') ? name : `${name}.zip`);
      const query = { extract: 'true', overwrite: 'true', inbody: 'true', ...catalogOf(target) };
      const answer = await write({ action: 'store a pack', method: 'POST', path, query, zip: body });
      if (answer?.startsWith('{') && DuplicatesAnswer.safeParse(JSON.parse(answer)).success) {
        throw new DomainError(
          'XnatConflict',
          'Cannot store a pack: XNAT kept files it already has, wanted them replaced',
        );
      }
    },

    async readHeaders(target) {
      if (target.scan.resource === undefined) {
        const query = { xsiType: target.scan.xsiType, pullDataFromHeaders: 'true' };
        await write({ action: 'have headers read', method: 'PUT', path: xnatPaths.scan(target), query });
      }
      if ((await listFiles(target)).every(({ md5 }) => md5 !== undefined)) return;
      const resource = xnatPaths.resource(target).replace('/data/', '/archive/');
      const path = '/data/services/refresh/catalog';
      await write({ action: 'have digests computed', method: 'POST', path, query: { resource, options: 'checksum' } });
    },

    async digestFile(uri) {
      // addresses come from XNAT's listing; anything else must not be asked for with our session
      if (!uri.startsWith('/data/') || /[?#\\]|\/\.\.?(\/|$)/.test(uri)) {
        throw new DomainError(
          'XnatRefused',
          'Cannot digest a file: its address is not under /data, wanted one of a listing',
        );
      }
      const digest = await xnat.ask({ action: 'digest a file', method: 'GET', path: uri, isTransfer: true }, digestOf);
      if (digest === undefined)
        throw new DomainError('XnatRefused', 'Cannot digest a file: it is absent, wanted a stored file');
      return digest;
    },

    async sessionUri(target) {
      const found = await readSession(target);
      if (found === undefined) {
        throw new DomainError(
          'XnatRefused',
          'Cannot tell the address of a session: it is absent, wanted a stored session',
        );
      }
      return `/data/experiments/${encodeURIComponent(found.id)}`;
    },

    ...xnatLabels(xnat),
    ...xnatPrearchive(xnat),
    ...xnatRecords(xnat),
    ...{ readFields, writeFields },

    async listInstances(target) {
      const request = {
        action: 'read the catalog of a scan',
        method: 'GET',
        path: xnatPaths.resource(target),
      } as const;
      return catalogInstances((await write({ ...request, query: { format: 'xml' } })) ?? '');
    },

    end: xnat.end,
  };
}

/** What XNAT's catalog says of the files. */
function catalogOf({ scan: { resource } }: ScanTarget): Record<string, string> {
  if (resource === undefined) return { format: 'DICOM', content: 'RAW' };
  const { format, content, tags } = resource;
  return { format, content, tags };
}

const conflict = (state: string) =>
  new DomainError('XnatConflict', `Cannot prepare a scan: the ${state}, wanted our own or none`);

async function digestOf({ bytes }: HttpAnswer): Promise<{ sizeBytes: number; md5: string; sha256: string }> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    md5.update(chunk);
    sha256.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sizeBytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}
