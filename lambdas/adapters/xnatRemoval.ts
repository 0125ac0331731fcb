import type * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import { FileTable, IdTable } from './xnatAnswers.ts';
import { xnatFields } from './xnatFields.ts';
import { type XnatAccess, xnatSession } from './xnatSession.ts';

/** XNAT behind the Removal port. Its account is one that may delete, which the account that delivers need not. */
export function xnatRemoval(access: XnatAccess): Removal {
  const xnat = xnatSession(access);
  const list = <Schema extends z.ZodType>(path: string, schema: Schema, query: Record<string, string> = {}) =>
    xnat.readJson({ action: 'list what is to be removed', path, query }, schema);
  return {
    async listFiles(item) {
      const files = await list(`${safe(item)}/files`, FileTable);
      return files?.map(({ uri }) => uri);
    },
    async listBelow(item) {
      const isSubject = /\/subjects\/[^/]+$/.test(item);
      const below = isSubject ? 'experiments' : 'scans';
      const rows = await list(`${safe(item)}/${below}`, IdTable, { columns: 'ID' });
      const root = isSubject ? '/data/experiments' : `${item}/scans`;
      return rows?.map(({ ID }) => `${root}/${encodeURIComponent(ID)}`);
    },
    async remove(address) {
      const path = safe(address);
      if (path.startsWith('/data/projects/') && path.includes('/resources/') && !path.includes('/files/')) {
        throw new DomainError('XnatRefused', 'Cannot remove: a resource that others share stays, wanted a file of it');
      }
      await xnat.askText({ action: 'remove', method: 'DELETE', path, query: { removeFiles: 'true' } });
    },
    clearFields: xnatFields(xnat).clearFields,
    end: xnat.end,
  };
}

/** Only what lies below one session, one subject, one session in the prearchive, or one resource of a project. @throws DomainError XnatRefused */
function safe(address: string): string {
  const isItem =
    /^\/data\/(experiments\/[^/]+|projects\/[^/]+\/(subjects|resources)\/[^/]+|prearchive\/projects\/[^/]+\/[^/]+\/[^/]+)(\/|$)/.test(
      address,
    );
  if (isItem && !/[?#\\]|\/\/|\/\.\.?(\/|$)/.test(address)) return address;
  throw new DomainError('XnatRefused', 'Cannot remove: the address is not allowed, wanted one below a session');
}
