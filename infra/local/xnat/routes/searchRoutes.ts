import type { Item, ItemKind } from '../archiveStore.ts';
import type { Answer, Call, Route, Site } from '../call.ts';
import { columnOf } from '../itemView.ts';
import { refusal } from '../refusal.ts';
import { table } from '../tables.ts';
import type { XnatUser } from '../xnatOptions.ts';

/** A search document of a client is a few kilobytes. */
const DOCUMENT_BYTES = 256 * 1024;

/** Display fields of each kind of element: what clients print of an item. */
const displayFields: Record<Exclude<ItemKind, 'scan'>, string[]> = {
  project: [
    'ID',
    'NAME',
    'PROJECT_OWNERS',
    'PROJECT_ACCESS',
    'INSERT_DATE',
    'PROJ_MR_COUNT',
    'PROJ_CT_COUNT',
    'PROJ_PET_COUNT',
    'PROJ_UT_COUNT',
  ],
  subject: [
    'SUBJECT_ID',
    'SUBJECT_LABEL',
    'PROJECT',
    'INSERT_DATE',
    'INSERT_USER',
    'GENDER_TEXT',
    'HANDEDNESS_TEXT',
    'SES',
    'ADD_IDS',
    'RACE',
    'ETHNICITY',
  ],
  experiment: ['ID', 'LABEL', 'PROJECT', 'SUBJECT_ID', 'SUBJECT_LABEL', 'INSERT_DATE', 'DATE', 'SESSION_ID'],
};

const kindOf = (type: string): keyof typeof displayFields => {
  if (type === 'xnat:projectData') return 'project';
  return type === 'xnat:subjectData' ? 'subject' : 'experiment';
};

const elements: Route = ({ address, query }, { store }) => {
  const type = address.segments[2];
  if (type !== undefined) {
    const rows = displayFields[kindOf(type)].map((field) => ({ FIELD_ID: field, HEADER: field, ELEMENT_NAME: type }));
    return table(query, { title: 'Fields', columns: ['FIELD_ID', 'HEADER', 'ELEMENT_NAME'], rows });
  }
  const sessions = store.listItems('experiment').map(({ xsiType }) => xsiType);
  const types = [
    ...new Set(['xnat:projectData', 'xnat:subjectData', 'xnat:mrSessionData', 'xnat:ctSessionData', ...sessions]),
  ];
  const rows = types.map((name) => ({ ELEMENT_NAME: name, SINGULAR: name, PLURAL: name, SECURED: 'true', COUNT: '' }));
  return table(query, { title: 'Elements', columns: ['ELEMENT_NAME', 'SINGULAR', 'PLURAL', 'SECURED', 'COUNT'], rows });
};

async function readDocument({ request }: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > DOCUMENT_BYTES) throw refusal(413, 'The search document is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const displayValue = (
  item: Item,
  field: string,
  { store, users }: { store: Site['store']; users: XnatUser[] },
): string => {
  const count = /^PROJ_(\w+)_COUNT$/.exec(field);
  if (count !== null) {
    const sessions = store.listItems('experiment').filter(({ scope }) => scope === item.id);
    const matching = sessions.filter(({ xsiType }) => xsiType === `xnat:${count[1]?.toLowerCase()}SessionData`).length;
    return matching === 0 ? '' : String(matching);
  }
  if (field === 'PROJECT_OWNERS')
    return users
      .filter(({ role }) => role === 'admin')
      .map(({ login }) => login)
      .join(' <br/> ');
  if (field === 'PROJECT_ACCESS') return item.fields['setting/accessibility'] ?? 'private';
  return columnOf(store, item, field.replace(/_TEXT$/, ''));
};

/** Answers a search document by its root element; of its criteria, equality of ID is honoured. */
const search =
  (users: XnatUser[]): Route =>
  async (call, { store }): Promise<Answer> => {
    const document = await readDocument(call);
    const type = /root_element_name>([^<]+)</.exec(document)?.[1];
    if (type === undefined) throw refusal(400, 'The search document has no root element');
    const id = /schema_field>[^<]*\/ID<[\s\S]*?comparison_type>=<[\s\S]*?value>([^<]*)</.exec(document)?.[1];
    const kind = kindOf(type);
    const items = store
      .listItems(kind)
      .filter((item) => (kind !== 'experiment' || item.xsiType === type) && (id === undefined || item.id === id));
    const fields = displayFields[kind];
    const columns = fields.map((field) => field.toLowerCase());
    const rows = items.map((item) =>
      Object.fromEntries(fields.map((field) => [field.toLowerCase(), displayValue(item, field, { store, users })])),
    );
    return table(call.query, { title: 'Search', columns, rows });
  };

export const searchRoutes = (users: XnatUser[]): Record<string, Record<string, Route>> => ({
  'search/elements': { GET: elements },
  search: { POST: search(users) },
});
