import * as z from 'zod';

const Field = z.union([z.string(), z.number()]).transform(String);

const Node = z.object({
  data_fields: z
    .object({ ID: Field, UID: Field.optional(), project: Field.optional() })
    .extend({ label: Field.optional(), note: Field.optional(), acquisition_site: Field.optional() }),
  meta: z.object({ 'xsi:type': z.string() }),
  children: z.array(z.object({ field: z.string(), items: z.array(z.unknown()) })).default([]),
});

const nodeOf = (value: unknown) => {
  const { data_fields, meta, children } = Node.parse(value);
  const { project, label, note, acquisition_site } = data_fields;
  // XNAT leaves out what is not set; an empty value says the same
  const uid = data_fields.UID === '' ? undefined : data_fields.UID;
  const own = { note, acquisition_site };
  return { id: data_fields.ID, uid, project, label, xsiType: meta['xsi:type'], own, children };
};

/** One custom variable of an item; XNAT leaves out the value of an emptied one. */
const CustomVariable = z
  .object({ data_fields: z.object({ name: z.string(), field: Field.optional() }) })
  .transform(({ data_fields: { name, field } }) => [name, field] as const);

const Fields = z.record(z.string(), z.string());

/** The item tree of one session: GET …/experiments/E?format=json. */
export const SessionAnswer = z.object({ items: z.tuple([z.unknown()]) }).transform(({ items: [item] }) => {
  const { children, own, ...session } = nodeOf(item);
  const itemsOf = (name: string) => children.filter(({ field }) => field === name).flatMap(({ items }) => items);
  const custom = itemsOf('fields/field').map((each) => CustomVariable.parse(each));
  const valued = [...Object.entries(own), ...custom].filter(([, value]) => value !== undefined && value !== '');
  return { ...session, scans: itemsOf('scans/scan').map(nodeOf), fields: Fields.parse(Object.fromEntries(valued)) };
});
export type SessionAnswer = z.infer<typeof SessionAnswer>;

const tableOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ ResultSet: z.object({ Result: z.array(row) }) }).transform(({ ResultSet }) => ResultSet.Result);

/** The labels of one session or subject, from its item tree. */
export const LabelsAnswer = z
  .object({
    items: z.tuple([
      z.object({
        data_fields: z.object({
          ID: Field,
          label: Field,
          project: Field.optional(),
          subject_ID: Field.optional(),
          UID: Field.optional(),
        }),
      }),
    ]),
  })
  .transform(({ items: [{ data_fields }] }) => data_fields);

export const SessionTable = tableOf(z.object({ ID: z.string(), UID: z.string().optional() }));

/** Items below another one. */
export const IdTable = tableOf(z.object({ ID: z.string() }));

export const ResourceTable = tableOf(z.object({ label: z.string() }));

/** GET …/files?format=json. Name is only the last part of a path; the URI has all of it. */
export const FileTable = tableOf(
  z
    .object({ Size: z.coerce.number().pipe(z.int().nonnegative()), URI: z.string(), digest: z.string().default('') })
    .transform(({ Size, URI, digest }) => ({
      name: decodePath(URI.slice(URI.indexOf('/files/') + '/files/'.length)),
      sizeBytes: Size,
      md5: /^[0-9a-f]{32}$/i.test(digest) ? digest.toLowerCase() : undefined,
      uri: shortest(URI),
    })),
);

/** XNAT names project and subject where they were asked for; a session's own address needs neither, and outlives both. */
const shortest = (uri: string) =>
  uri.replace(/^\/data\/projects\/[^/]+\/subjects\/[^/]+\/experiments\//, '/data/experiments/');

/** What a file write answers with status 200 when it did not store: names that exist already. */
export const DuplicatesAnswer = z.object({ duplicates: z.array(z.string()).min(1) });

export const PrearchiveTable = tableOf(
  z.object({ tag: z.string(), name: z.string(), status: z.string(), url: z.string() }),
);

export const PrearchiveScanTable = tableOf(z.object({ ID: z.string() }));

export const PrearchiveFileTable = tableOf(z.object({ Name: z.string() }).transform(({ Name }) => Name));

/** GET /xapi/event_tracking/{key}: null while the work is under way. */
export const EventAnswer = z.object({ succeeded: z.boolean().nullable() });

/** SOP Instance UIDs by file name, of the entries of a catalog document that have one. */
export function catalogInstances(xml: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [entry] of xml.matchAll(/<cat:(?:dcmE|e)ntry\b[^>]*>/g)) {
    const uri = /\sURI="([^"]*)"/.exec(entry)?.[1];
    const uid = /\sUID="([0-9.]+)"/.exec(entry)?.[1];
    if (uri !== undefined && uid !== undefined) found.set(uri, uid);
  }
  return found;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // a site that does not encode its URIs may have a bare percent sign
    return path;
  }
}
