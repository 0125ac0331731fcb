import * as z from 'zod';
import { ContentTable, contentTable, SafePrivate, safePrivateTable } from './optionTables.ts';
import { openPublishedTables, type PublishedTables, writtenFrom } from './publishedTables.ts';

const Attribute = z.object({ id: z.string(), valueRepresentation: z.string() });
const ProfileRow = z.object({
  id: z.string(),
  basicProfile: z.string(),
  rtnLongFullDatesOpt: z.string().optional(),
  rtnLongModifDatesOpt: z.string().optional(),
  rtnUIDsOpt: z.string().optional(),
  rtnDevIdOpt: z.string().optional(),
  rtnPatCharsOpt: z.string().optional(),
  rtnInstIdOpt: z.string().optional(),
  cleanDescOpt: z.string().optional(),
  cleanStructContOpt: z.string().optional(),
  cleanGraphOpt: z.string().optional(),
});
const Resolution = z.object({
  unknownModules: z.array(z.string()),
  tags: z.record(z.string(), z.object({ type: z.string().nullable(), code: z.string(), resolved: z.string() })),
});
/** pydicom: [VR, VM, name, retired, keyword]. */
const OlderDictionary = z.object({ elements: z.record(z.string(), z.array(z.string())) });

const isPlainTag = (id: string) => /^[0-9a-f]{8}$/i.test(id);

/**
 * The tables of reading and de-identification by path: the data dictionary (PS3.6), the confidentiality profile (PS3.15
 * Table E.1-1), its combined codes resolved per SOP class, the tables of its options, and the registered UIDs.
 */
export function deidTables(folder: string): Record<string, string> {
  const published = openPublishedTables(folder);
  const { source, newest, readJson } = published;
  const privateFile = newest(/^ps315_E3\.10-1_safe_private_.*\.json$/);
  const contentFile = newest(/^ps315_E\.3\.4-1_.*\.json$/);
  const current = (text: string) => writtenFrom(source) + text;
  // A table that did not change between editions may come from an older one than the profile
  const older = (file: string, text: string) => writtenFrom(/_(\d{4}[a-e])\.json$/.exec(file)?.[1] ?? source) + text;
  return {
    'core/dicom/tables/tagsByVr.ts': current(dictionaryTable(published)),
    'core/deid/tables/profileRows.ts': current(profileTable(published)),
    'core/deid/tables/sopResolutions.ts': current(resolutionTable(published)),
    'core/dicom/tables/registeredUids.ts': current(uidTable(published)),
    'core/deid/tables/safePrivateBlocks.ts': older(
      privateFile,
      safePrivateTable(SafePrivate.parse(readJson(privateFile))),
    ),
    'core/deid/tables/contentRows.ts': older(contentFile, contentTable(ContentTable.parse(readJson(contentFile)))),
  };
}

/** Retired and newer elements from two sources; the newer edition wins. Where the standard leaves a choice, the first VR. */
function dictionaryTable({ standard, readJson }: PublishedTables): string {
  const vrOf = new Map<string, string>();
  for (const [id, [vr]] of Object.entries(OlderDictionary.parse(readJson('pydicom_dicom_dict.json')).elements)) {
    if (vr !== undefined) vrOf.set(id.toUpperCase(), vr);
  }
  for (const { id, valueRepresentation } of z.array(Attribute).parse(readJson(`${standard}/attributes.json`))) {
    if (isPlainTag(id)) vrOf.set(id.toUpperCase(), valueRepresentation);
  }
  const tags = new Map<string, string[]>();
  for (const [id, choice] of [...vrOf].sort()) {
    const vr = choice.startsWith('OB or OW') ? 'OW' : choice.slice(0, 2);
    if (/^[A-Z]{2}$/.test(vr)) tags.set(vr, [...(tags.get(vr) ?? []), id]);
  }
  const lines = [...tags].sort().map(([vr, ids]) => `  ${vr}: '${ids.join('')}',\n`);
  return `/** Every plain element of PS3.6 by VR: eight hexadecimal digits a tag, in order. */\nexport const tagsByVr = {\n${lines.join('')}} as const;\n`;
}

/** One line a row: tag, basic action, then the options that say something: `L` full dates, `M` modified dates, ... */
function profileTable({ standard, edition, readJson }: PublishedTables): string {
  const rows = z.array(ProfileRow).parse(readJson(`${standard}/confidentiality_profile_attributes.json`));
  const lines = rows
    .filter(({ id }) => isPlainTag(id))
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .map((row) => {
      const options: Array<[string, string | undefined]> = [
        ['L', row.rtnLongFullDatesOpt],
        ['M', row.rtnLongModifDatesOpt],
        ['U', row.rtnUIDsOpt],
        ['D', row.rtnDevIdOpt],
        ['P', row.rtnPatCharsOpt],
        ['I', row.rtnInstIdOpt],
        ['T', row.cleanDescOpt],
        ['S', row.cleanStructContOpt],
        ['G', row.cleanGraphOpt],
      ];
      const named = options.flatMap(([option, action]) => (action === undefined ? [] : [`${option}${action}`]));
      return [row.id.toUpperCase(), row.basicProfile, ...named].join(' ');
    });
  return [
    `/** Edition of PS3.15 that these rows and the stamp name. */\nexport const profileEdition = '${edition}';\n\n`,
    '/**\n * PS3.15 Table E.1-1, one line a row: tag, basic action, then option letter and action: L full dates, M modified dates,\n',
    ' * U UIDs, D device, P patient characteristics, I institution, T descriptors, S structured content, G graphics.\n',
    ' * Rows for groups (50xx, 60xx, odd) are rules in code.\n */\n',
    `export const profileRows = \`\n${lines.join('\n')}\n\`;\n`,
  ].join('');
}

/**
 * Modules without type data whose attributes are all of Type 3 or not in Table E.1-1, read in PS3.3 by hand: they do
 * not make a SOP class incomplete.
 */
function resolutionTable({ readJson }: PublishedTables): string {
  const harmless = new Set(['general-acquisition', 'enhanced-patient-orientation', 'multi-energy-ct-image']);
  const classes = z.record(z.string(), Resolution).parse(readJson('e11_combined_resolved_by_sop.json'));
  const tags = Object.keys(Object.values(classes)[0]?.tags ?? {}).sort();
  const uidsByLetters = new Map<string, string[]>();
  for (const [uid, { unknownModules, tags: rows }] of Object.entries(classes)) {
    const complete = unknownModules.every((module) => harmless.has(module));
    const letters = tags.map((tag) => letterOf(rows[tag], complete)).join('');
    uidsByLetters.set(letters, [...(uidsByLetters.get(letters) ?? []), uid.replace('1.2.840.10008.', '')]);
  }
  const lines = [...uidsByLetters].map(([letters, uids]) => `  ${letters}: '${uids.join(' ')}',\n`);
  return [
    '/** Elements whose basic action in Table E.1-1 depends on their Type in the IOD, eight hexadecimal digits each. */\n',
    `export const combinedTags = '${tags.map((tag) => tag.replace(/[(),]/g, '')).join('')}';\n\n`,
    '/** One letter a combined tag (U: keep the sequence, map its UIDs) to the storage SOP classes it holds for, without\n',
    ' * their root 1.2.840.10008. */\n',
    `export const sopClassesByResolution = {\n${lines.join('')}} as const;\n`,
  ].join('');
}

function letterOf(row: { type: string | null; code: string; resolved: string } | undefined, complete: boolean): string {
  if (row === undefined) throw new Error('Cannot resolve a combined code: a SOP class lacks a row');
  const isOpen = row.type === null && !complete;
  const letter = isOpen ? row.code.replace('*', '').slice(-1) : row.resolved.slice(0, 1);
  // One module allows references to be empty where another wants an item if there are any: mapped they suit both
  return letter === 'Z' && row.code.endsWith('*') ? 'U' : letter;
}

function uidTable({ readJson }: PublishedTables): string {
  const registry = z.record(z.string(), z.array(z.string())).parse(readJson('pydicom_uid_registry.json'));
  const root = '1.2.840.10008.';
  const outside = Object.keys(registry).filter((uid) => !uid.startsWith(root));
  if (outside.length > 0) throw new Error('Cannot write the registered UIDs: some are not under the DICOM root');
  const lines = Object.keys(registry).map((uid) => uid.slice(root.length));
  const syntaxes = Object.entries(registry).filter(([, [, kind]]) => kind === 'Transfer Syntax');
  // No file for these: their data lies elsewhere or in another form (JPIP, MIME, XML, live video, Papyrus)
  const notForFiles = /JPIP|MIME|XML|SMPTE|Papyrus/;
  const known = syntaxes.filter(([, [name]]) => !notForFiles.test(name ?? '')).map(([uid]) => uid.slice(root.length));
  return [
    `/** Root of every UID that PS3.6 Annex A registers. */\nexport const dicomRoot = '${root}';\n\n`,
    `/** Registered UIDs without their root: never mapped. */\nexport const registeredUids =\n  '${lines.join(' ')}';\n\n`,
    `/** Transfer syntaxes that a file can have, without their root. */\nexport const fileTransferSyntaxes =\n  '${known.join(' ')}';\n`,
  ].join('');
}
