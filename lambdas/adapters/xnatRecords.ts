import { createHash } from 'node:crypto';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive } from '../../core/submission/ports.ts';
import { ResourceTable } from './xnatAnswers.ts';
import type { xnatSession } from './xnatSession.ts';

type Xnat = ReturnType<typeof xnatSession>;

/** The resource AIRLOCK of a session: what its data came with. */
export function xnatRecords(xnat: Xnat): Pick<Archive, 'findRecord' | 'putRecord'> {
  return {
    async findRecord(session, name) {
      const path = `${recordsOf(session)}/files/${encodeURIComponent(name)}`;
      return xnat.ask({ action: 'read a record', method: 'GET', path, isTransfer: true }, async (answer) => {
        const content = await answer.content();
        return { sizeBytes: content.length, md5: createHash('md5').update(content).digest('hex') };
      });
    },

    async putRecord(session, pack) {
      const resource = recordsOf(session);
      const standing = await xnat.readJson(
        { action: 'read the resources of a session', path: `${session}/resources` },
        ResourceTable,
      );
      const kind = { format: 'JSON', content: 'RECEIPT' };
      if (!standing?.some(({ label }) => label === 'AIRLOCK')) {
        await xnat.askText({ action: 'create a resource', method: 'PUT', path: resource, query: kind });
      }
      const query = { extract: 'true', overwrite: 'true', inbody: 'true', ...kind };
      const path = `${resource}/files/record.zip`;
      await xnat.askText({ action: 'store a record', method: 'POST', path, query, zip: pack });
    },
  };
}

/** @throws DomainError XnatRefused for what is not the address of a session */
function recordsOf(session: string): string {
  if (/^\/data\/experiments\/[A-Za-z0-9_-]+$/.test(session)) return `${session}/resources/AIRLOCK`;
  throw new DomainError('XnatRefused', 'Cannot address a record: the address is not allowed, wanted one of a session');
}
