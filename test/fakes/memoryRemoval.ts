import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import { type MemoryArchive, resourcesAt } from './memoryArchive.ts';

/** The Removal port on an archive in memory. */
export function memoryRemoval(archive: MemoryArchive): Removal {
  const { sessions, shared } = archive;
  const sessionOf = (id: string) => [...sessions].find(([, session]) => session.id === id);
  return {
    async listFiles(item) {
      const { holder, resource } = placeOf(item);
      const resources = resourcesAt(archive, holder);
      const listed = [...(resources ?? [])].filter(([label]) => resource === undefined || label === resource);
      const uriOf = (label: string, name: string) =>
        `${holder}/resources/${label}/files/${name.split('/').map(encodeURIComponent).join('/')}`;
      const files = listed.flatMap(([label, stored]) => [...stored.keys()].map((name) => uriOf(label, name)));
      return resources === undefined && holder.startsWith('/data/experiments/') ? undefined : files;
    },
    async listBelow(item) {
      const { session, subject = '' } = placeOf(item);
      if (session !== undefined) {
        const scans = sessionOf(session)?.[1].scans;
        return scans && [...scans.keys()].map((scan) => `${item}/scans/${scan}`);
      }
      const below = [...sessions.values()].filter((each) => each.subject === subject);
      const hasFiles = [...(shared.get(item)?.values() ?? [])].some(({ size }) => size > 0);
      // a subject is here with its sessions and files, and gone with the last of them
      return below.length === 0 && !hasFiles ? undefined : below.map(({ id }) => `/data/experiments/${id}`);
    },
    async remove(address) {
      const { holder, session = '', scan, resource, file } = placeOf(address);
      if (file === undefined && resource !== undefined) throw wrong();
      const [key = '', stored] = sessionOf(session) ?? [];
      if (file !== undefined)
        resourcesAt(archive, holder)
          ?.get(resource ?? '')
          ?.delete(decodeURIComponent(file));
      else if (scan === undefined) sessions.delete(key);
      else stored?.scans.delete(scan);
    },
    async clearFields(address, fields) {
      const [, session] = sessionOf(placeOf(address).session ?? '') ?? [];
      for (const [name, value] of Object.entries(fields)) {
        if (session?.fields[name] === value) delete session.fields[name];
      }
      return [];
    },
    async end() {},
  };
}

function placeOf(address: string) {
  const [, holder = '', resource, file] = /^(.*?)(?:\/resources\/([^/]+)(?:\/files\/(.+))?)?$/.exec(address) ?? [];
  const [, session, scan] = /^\/data\/experiments\/([^/]+)(?:\/scans\/([^/]+))?$/.exec(holder) ?? [];
  const [, subject] = /^\/data\/projects\/[^/]+\/subjects\/([^/]+)$/.exec(holder) ?? [];
  const isShared = resource !== undefined && holder.startsWith('/data/projects/');
  if (session === undefined && subject === undefined && !(isShared && /^\/data\/projects\/[^/]+$/.test(holder)))
    throw wrong();
  return { holder, session, scan, subject, resource, file };
}

const wrong = () => new DomainError('XnatRefused', 'Cannot remove: a place is wrong');
