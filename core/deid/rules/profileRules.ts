import { dicomRoot } from '../../dicom/tables/registeredUids.ts';
import { tagsOf } from '../../dicom/tagsOf.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { profileRows } from '../tables/profileRows.ts';
import { combinedTags, sopClassesByResolution } from '../tables/sopResolutions.ts';
import type { fileDemands } from './fileDemands.ts';

/**
 * What the profile does to an element (PS3.15 Table E.1-1a): `X` remove, `Z` empty, `D` dummy, `U` map UIDs, `K` keep.
 * On a sequence, U and K go on into its items, and D puts dummies into all of them.
 */
type ProfileAction = 'X' | 'Z' | 'D' | 'U' | 'K';

/** A row of the table under one policy and one SOP class. */
export interface ProfileRule {
  action: ProfileAction;
  /** Inside sequences: the Type there is another one, so that the code that is right for every Type holds. */
  nestedAction: ProfileAction;
  /** True where an option on dates applies: a value that is no date falls back to the action. */
  isDated: boolean;
  /** True where an option cleans: words that name nobody stay, and the action holds when none is left. */
  isCleaned: boolean;
}

interface Row {
  tag: number;
  basic: string;
  /** As the table has them, a space before each: two maps a row took as long as to load all other tables. */
  options: string;
}

const rows = profileRows.trim().split('\n').map(parseRow);

/** SOP class to one letter per combined tag. */
const resolutions = new Map<string, string>(
  Object.entries(sopClassesByResolution).flatMap(([letters, uids]) =>
    uids.split(' ').map((suffix): [string, string] => [dicomRoot + suffix, letters]),
  ),
);
const combined = new Map(tagsOf(combinedTags).map((tag, position) => [tag, position]));

/** Compiled rules by policy, resolution and demands: few of these exist, so that few policies fill few entries. */
const compiled = new Map<string, ReadonlyMap<number, ProfileRule>>();
const compiledLimit = 256;

/** The rules of Table E.1-1 for a file of one SOP class under a policy, by tag. */
export function profileRules(
  { deid }: ProjectPolicy,
  sopClass: string,
  demands: ReturnType<typeof fileDemands>,
): ReadonlyMap<number, ProfileRule> {
  const letters = resolutions.get(sopClass);
  let key = `${optionKey(deid)} ${letters}`;
  for (const { tag } of demands) key += ` ${tag}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const demanded = new Map(demands.map((each) => [each.tag, each]));
  const rules = new Map<number, ProfileRule>();
  const chosen = chosenOptions(deid);
  for (const row of rows) {
    const { action = resolveBasic(row, letters), nestedAction = lastCode(row) } = demanded.get(row.tag) ?? {};
    rules.set(row.tag, applyOptions(row, { action, nestedAction }, chosen));
  }
  if (compiled.size >= compiledLimit) compiled.clear();
  compiled.set(key, rules);
  return rules;
}

const optionKeys = new WeakMap<ProjectPolicy['deid'], string>();

/** The options that decide on rules; lists of words and rectangles do not. */
function optionKey(deid: ProjectPolicy['deid']): string {
  const known = optionKeys.get(deid);
  if (known !== undefined) return known;
  const { descriptorWords: _, cleanPixels: __, ...options } = deid;
  const key = Object.values(options).join(' ');
  optionKeys.set(deid, key);
  return key;
}

function parseRow(line: string): Row {
  const [tag = '', basic = ''] = line.split(' ', 2);
  return { tag: Number.parseInt(tag, 16), basic, options: line.slice(tag.length + 1 + basic.length) };
}

/** The action that a row has for the letter of an option. */
function optionAction({ options }: Row, letter: string): string | undefined {
  const start = options.indexOf(` ${letter}`);
  return start < 0 ? undefined : options[start + 2];
}

/** Where the Type decides and the SOP class is not known, the last code holds. */
function resolveBasic(row: Row, letters: string | undefined): ProfileAction {
  const position = combined.get(row.tag);
  const letter = position === undefined ? undefined : letters?.[position];
  return letter === undefined ? lastCode(row) : requireAction(letter);
}

/** The last of combined codes is right for every Type. */
const lastCode = ({ basic }: Row): ProfileAction => requireAction(basic.replace('*', '').slice(-1));

function requireAction(letter: string): ProfileAction {
  if (letter === 'X' || letter === 'Z' || letter === 'D' || letter === 'U' || letter === 'K') return letter;
  throw new TypeError('Cannot read Table E.1-1: it holds an unknown action');
}

/** Options of a policy that decide on rows by themselves. */
interface ChosenOptions {
  letters: readonly string[];
  areDatesKept: boolean;
}

function chosenOptions(deid: ProjectPolicy['deid']): ChosenOptions {
  const options: Array<[boolean, string]> = [
    [deid.retainUids, 'U'],
    [deid.retainDeviceIdentity, 'D'],
    [deid.retainPatientCharacteristics, 'P'],
    [deid.retainInstitutionIdentity, 'I'],
    [deid.cleanDescriptors, 'T'],
    [deid.cleanStructuredContent, 'S'],
    [deid.cleanGraphics, 'G'],
  ];
  return {
    letters: options.flatMap(([isOn, letter]) => (isOn ? [letter] : [])),
    areDatesKept: deid.dates !== 'remove',
  };
}

/** An option beats the profile (PS3.15 §E.1.1), and keeping beats cleaning. */
function applyOptions(
  row: Row,
  basic: Pick<ProfileRule, 'action' | 'nestedAction'>,
  { letters, areDatesKept }: ChosenOptions,
): ProfileRule {
  const neither = { isDated: false, isCleaned: false };
  if (optionAction(row, 'M') !== undefined) return { ...basic, ...neither, isDated: areDatesKept };
  const actions = letters.map((letter) => optionAction(row, letter));
  if (actions.includes('K')) return { action: 'K', nestedAction: 'K', ...neither };
  return { ...basic, ...neither, isCleaned: actions.includes('C') };
}
