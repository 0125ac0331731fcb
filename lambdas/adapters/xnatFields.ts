import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive } from '../../core/submission/ports.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import { SessionAnswer } from './xnatAnswers.ts';
import { xnatPaths } from './xnatPaths.ts';
import type { xnatSession } from './xnatSession.ts';

type Xnat = ReturnType<typeof xnatSession>;

/** Fields that every session has in XNAT; what has another name is a custom variable. */
const ownFields: readonly string[] = ['note', 'acquisition_site'];

/** What XNAT takes for "no value" (DBAction.NULL). */
const NULL = 'NULL';

/**
 * Fields of a session. It is found by its id and written by its label: what XNAT writes by an id it takes for new
 * (ExperimentResource), and by the path of a subject it forgets visit and protocol
 * (SubjAssessmentResource.unsetOldVisitAndSubtype).
 */
export function xnatFields(xnat: Xnat) {
  const find = (session: string) => xnat.readJson({ action: 'read a session', path: safe(session) }, SessionAnswer);
  const read = async (session: string): Promise<SessionAnswer> => {
    const found = await find(session);
    if (found !== undefined) return found;
    throw new DomainError('XnatRefused', 'Cannot read the fields of a session: it is absent, wanted a stored session');
  };
  const write = async (session: string, fields: Record<string, string>): Promise<void> => {
    const { xsiType, project = '', label = '' } = await read(session);
    const path = xnatPaths.labelled({ xnatProject: project, session: { session: label } });
    const query: Record<string, string> = { xsiType };
    for (const [name, value] of Object.entries(fields)) query[`${xsiType}/${pathOf(name)}`] = value;
    await xnat.askText({ action: 'write the fields of a session', method: 'PUT', path, query });
  };
  return {
    readFields: async (session: string) => (await read(session)).fields,
    writeFields: write,
    async clearFields(session: string, values: Record<string, string>): Promise<string[]> {
      const own = async () => {
        const fields = (await find(session))?.fields;
        return Object.entries(values).flatMap(([name, value]) => (fields?.[name] === value ? [name] : []));
      };
      const names = await own();
      if (names.length > 0) await write(session, Object.fromEntries(names.map((name) => [name, NULL])));
      return names.length > 0 ? own() : [];
    },
  } satisfies Pick<Archive, 'readFields' | 'writeFields'> & Pick<Removal, 'clearFields'>;
}

/** @throws DomainError XnatRefused for a name that could leave its place in the path */
function pathOf(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw refused('the name of a field', 'letters, digits and _');
  return ownFields.includes(name) ? name : `fields/field[name=${name}]/field`;
}

function safe(session: string): string {
  if (/^\/data\/experiments\/[A-Za-z0-9_-]+$/.test(session)) return session;
  throw refused('the address', 'one of a session');
}

const refused = (what: string, wanted: string) =>
  new DomainError('XnatRefused', `Cannot address a field: ${what} is not allowed, wanted ${wanted}`);
