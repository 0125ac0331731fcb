import { DomainError } from '../../core/submission/DomainError.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import type { MemoryArchive } from './memoryArchive.ts';

/** The Removal port on an archive in memory. */
export function memoryRemoval({ sessions }: MemoryArchive): Removal {
  const sessionOf = (id: string) => [...sessions].find(([, session]) => session.id === id);
  return {
    async listFiles(item) {
      const { session, scan } = placeOf(item);
      if (session === undefined) return [];
      if (scan === undefined) {
        const [, only] = /\/resources\/([^/]+)$/.exec(item) ?? [];
        const resources = sessionOf(session)?.[1].resources;
        const listed = [...(resources ?? [])].filter(([label]) => only === undefined || label === only);
        const uriOf = (label: string, name: string) => `/data/experiments/${session}/resources/${label}/files/${name}`;
        return resources && listed.flatMap(([label, files]) => [...files.keys()].map((name) => uriOf(label, name)));
      }
      const files = sessionOf(session)?.[1].scans.get(scan)?.files;
      return files && [...files.keys()].map((name) => `${item}/resources/1/files/${encodeURIComponent(name)}`);
    },
    async listBelow(item) {
      const { session, subject = '' } = placeOf(item);
      if (session !== undefined) {
        const scans = sessionOf(session)?.[1].scans;
        return scans && [...scans.keys()].map((scan) => `${item}/scans/${scan}`);
      }
      const below = [...sessions.values()].filter((each) => each.subject === subject);
      // a subject is here with its sessions, and gone with the last of them
      return below.length === 0 ? undefined : below.map(({ id }) => `/data/experiments/${id}`);
    },
    async remove(address) {
      const { session = '', scan, file, resource, record } = placeOf(address);
      const [key = '', stored] = sessionOf(session) ?? [];
      if (record !== undefined) stored?.resources.get(resource ?? '')?.delete(record);
      else if (scan === undefined) sessions.delete(key);
      else if (file === undefined) stored?.scans.delete(scan);
      else stored?.scans.get(scan)?.files.delete(decodeURIComponent(file));
    },
    async end() {},
  };
}

function placeOf(address: string) {
  const [, subject] = /^\/data\/projects\/[^/]+\/subjects\/([^/]+)$/.exec(address) ?? [];
  const [, session, scan, file] =
    /^\/data\/experiments\/([^/]+)(?:\/scans\/([^/]+)(?:\/resources\/1\/files\/(.+))?)?$/.exec(address) ?? [];
  const [, holder, resource, record] =
    /^\/data\/experiments\/([^/]+)\/resources\/([^/]+)(?:\/files\/(.+))?$/.exec(address) ?? [];
  if (holder !== undefined) return { session: holder, resource, record };
  if (subject === undefined && session === undefined)
    throw new DomainError('XnatRefused', 'Cannot remove: a place is wrong');
  return { subject, session, scan, file };
}
