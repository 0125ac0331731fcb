import { type ElementIndex, isContainer } from '../../dicom/elementIndex.ts';
import { childOf, valueText } from '../../dicom/readText.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { contentRows } from '../tables/contentRows.ts';
import type { Decision } from './decideElement.ts';

interface ContentRule {
  basic: string;
  options: ReadonlyMap<string, string>;
}

/** By scheme, code and value type. */
const rules = new Map<string, ContentRule>(
  contentRows
    .trim()
    .split('\n')
    .map((line) => {
      const [concept = '', valueType = '', basic = '', ...options] = line.split(' ');
      const named = options.map((each): [string, string] => [each.slice(0, 1), each.slice(1)]);
      return [`${concept} ${valueType}`, { basic, options: new Map(named) }];
    }),
);

/** Text Value: of a content item's values the only one that no rule by VR decides. */
export const textValue = 0x0040a160;

const decide = (effect: Decision['effect'], rule: string): Decision => ({ effect, rule, fallback: 'dummy' });
const remove = decide('remove', 'content item (E.3.4-1 X)');
const keep = decide('keep', 'content item kept by option (E.3.4-1)');
const clean = decide('clean', 'content item cleaned (E.3.4-1 C)');
const dummy = decide('dummy', 'content item (E.3.4-1 D)');
const date = decide('date', 'content item, dates option');
const uids = decide('mapUids', 'content item (E.3.4-1 U)');
const plain = decide('keep', 'content item without identity (E.3.4)');

const subjectAge = 'DCM:121033';
const ninetyAndAbove = decide('remove', 'age of 90 and above');
/** By unit: so many make a year. UCUM has years and months of several calendars (a_j, mo_g). */
const perYear: Record<string, number> = {
  a: 1,
  year: 1,
  mo: 12,
  month: 12,
  wk: 52.1775,
  week: 52.1775,
  d: 365.2425,
  day: 365.2425,
};
const ucumUnit = /^(a|mo|wk|d)(?:_[a-z])?$/;
const unitMeaning = /^(year|month|week|day)s?$/i;

/** What becomes of an item, and of its Text Value; undefined for a text that items of this value type do not have. */
interface ContentDecision {
  item: Decision;
  text: Decision | undefined;
}

/**
 * Decides on content items by their position, and remembers it: a report may have a million, and there are a dozen
 * decisions.
 */
export function contentDecisions(file: { head: Uint8Array; index: ElementIndex }, deid: ProjectPolicy['deid']) {
  const made: ContentDecision[] = [];
  /** By position, one more than a number of `made`. */
  let numbers: Uint8Array | undefined;
  return {
    decide(item: number): ContentDecision {
      const decision = decideContentItem(file, item, deid);
      let number = made.findIndex(({ item: of, text }) => of === decision.item && text === decision.text);
      if (number < 0) number = made.push(decision) - 1;
      numbers ??= new Uint8Array(file.index.count);
      numbers[item] = number + 1;
      return decision;
    },
    /** Undefined for what was not decided on. */
    of: (item: number): ContentDecision | undefined => made[(numbers?.[item] ?? 0) - 1],
  };
}

/**
 * What becomes of one content item and its value under the Clean Structured Content Option (PS3.15 §E.3.4): by concept
 * where the table lists it, by value type otherwise. `remove` takes the item with all that it contains.
 * @param item position of the item, whose concept name is read from its code sequence
 */
function decideContentItem(
  file: { head: Uint8Array; index: ElementIndex },
  item: number,
  deid: ProjectPolicy['deid'],
): ContentDecision {
  const read = readItem(file, item);
  const decision = decideByConcept(read, deid);
  return { item: decision, text: read.valueType === 'TEXT' || read.valueType === '' ? decision : undefined };
}

function decideByConcept(
  { concept, valueType, age }: ReturnType<typeof readItem>,
  deid: ProjectPolicy['deid'],
): Decision {
  const rule = rules.get(`${concept} ${valueType}`);
  // Schemes have codes of their own for an age, which the table does not list
  if (rule === undefined && age !== undefined && age >= 90) return ninetyAndAbove;
  if (rule === undefined) return byValueType(valueType, deid);
  const action = actionOf(rule, deid);
  if (action === 'C') return /DATE|TIME/.test(valueType) ? date : clean;
  if (action === 'K') return concept === subjectAge && !(age !== undefined && age < 90) ? remove : keep;
  if (action === 'X') return remove;
  return byValueType(valueType, deid, dummy);
}

/** An option beats the profile and keeping beats cleaning; of combined actions the last is right for every Type. */
function actionOf({ basic, options }: ContentRule, deid: ProjectPolicy['deid']): string {
  const chosen: Array<[boolean, string]> = [
    [deid.retainUids, 'U'],
    [deid.retainDeviceIdentity, 'D'],
    [deid.retainInstitutionIdentity, 'I'],
    [deid.retainPatientCharacteristics, 'P'],
    // Also retained dates must be dates: they are read, and moved by no day
    [deid.dates !== 'remove', 'M'],
    [deid.cleanDescriptors, 'T'],
  ];
  const actions = chosen.flatMap(([isOn, option]) => (isOn ? [options.get(option)] : []));
  if (actions.includes('K')) return 'K';
  return actions.includes('C') ? 'C' : basic.slice(-1);
}

function byValueType(valueType: string, deid: ProjectPolicy['deid'], text = clean): Decision {
  if (valueType === 'TEXT' || valueType === '') return text;
  if (valueType === 'PNAME') return dummy;
  if (valueType === 'UIDREF') return deid.retainUids ? keep : uids;
  if (/^(?:DATE|TIME|DATETIME)$/.test(valueType)) return deid.dates === 'remove' || text === dummy ? dummy : date;
  return plain;
}

/** Concept as scheme and code, value type, and the number of years where the item measures in a unit of age. */
function readItem({ head, index }: { head: Uint8Array; index: ElementIndex }, item: number) {
  const text = (node: number | undefined) => (node === undefined ? '' : valueText(head, index, node));
  const first = (sequence: number | undefined) =>
    sequence !== undefined && isContainer(index, sequence) ? sequence + 1 : undefined;
  const codeOf = (parent: number | undefined) =>
    parent === undefined
      ? ''
      : `${text(childOf(index, parent, 0x00080102))}:${text(childOf(index, parent, 0x00080100))}`;
  const measured = first(childOf(index, item, 0x0040a300));
  const number = measured === undefined ? undefined : childOf(index, measured, 0x0040a30a);
  const units = measured === undefined ? undefined : first(childOf(index, measured, 0x004008ea));
  const unitOf = (item: number | undefined) => {
    const part = (tag: number) => (item === undefined ? '' : text(childOf(index, item, tag)));
    return (ucumUnit.exec(part(0x00080100)) ?? unitMeaning.exec(part(0x00080104)))?.[1]?.toLowerCase();
  };
  return {
    concept: codeOf(first(childOf(index, item, 0x0040a043))),
    valueType: text(childOf(index, item, 0x0040a040)),
    age: yearsOf(text(number), perYear[unitOf(units) ?? '']),
  };
}

/** What cannot be read in a unit of age may be one of any years. */
function yearsOf(number: string, perYear: number | undefined): number | undefined {
  if (perYear === undefined) return undefined;
  const value = Number(number);
  return number === '' || Number.isNaN(value) ? Infinity : value / perYear;
}
