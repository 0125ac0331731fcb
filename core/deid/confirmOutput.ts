import dicomParser, { type Element } from 'dicom-parser';
import { bytesToText } from '../dicom/bytesToText.ts';
import { formatTag } from '../dicom/dicomFault.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import { explicitBigEndian, implicitLittleEndian } from '../dicom/transferSyntax.ts';
import { isTextVr, vr } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { DomainError } from '../submission/DomainError.ts';
import { isClassUid } from './decideElement.ts';
import { dummyValue } from './dummyValue.ts';
import { isPublishedSafe } from './findSafePrivate.ts';
import { isRegisteredUid } from './mapUid.ts';
import type { ProfileRule } from './profileRules.ts';

interface Expected {
  policy: ProjectPolicy;
  rules: ReadonlyMap<number, ProfileRule>;
  /** Tags of the elements that are written at the top level whatever the rules say. */
  stamped: ReadonlySet<number>;
  /** True for a file whose UIDs were mapped before. */
  isOwnOutput: boolean;
}

/**
 * Reads the head of an output with a parser that is not ours, and finds no element that the profile removes, empties or
 * replaces, no private element that may not stay, no name and no UID that was not mapped: what the splicer meant to do
 * is in the bytes, by another reading of them.
 * @param output preamble, file meta and data set up to Pixel Data, inflated
 * @param start of the data set in it
 * @throws DomainError NotDeidentifiable
 */
export function confirmOutput(output: Uint8Array, start: number, expected: Expected): void {
  const { set: top, elements, stream } = parse(output, start);
  const judge = (set: Level, element: Element) =>
    requireAllowed({ set, element, tag: Number.parseInt(element.tag.slice(1), 16), isTop: set === top }, expected);
  const judgeItems = (sequence: Element) => {
    const open = levelsOf(sequence);
    for (let set = open.pop(); set !== undefined; set = open.pop()) {
      for (const element of Object.values(set.elements)) {
        judge(set, element);
        if (element.items !== undefined) for (const level of levelsOf(element)) open.push(level);
      }
    }
  };
  for (const element of elements) {
    judge(top, element);
    if (isUnread(element)) for (const part of readParts(stream, element)) judgeItems(part);
    else if (element.items !== undefined) judgeItems(element);
  }
}

const levelsOf = ({ items = [] }: Element): Level[] =>
  items.flatMap(({ dataSet }) => (dataSet === undefined ? [] : [dataSet]));

const refusal = (why: string) =>
  new DomainError('NotDeidentifiable', `Cannot confirm the output by a second reading: ${why}`);

/** One data set: the whole, or that of an item. */
interface Level {
  byteArray: Uint8Array;
  /** By tag; of the whole those only on which others depend. */
  elements: Readonly<Record<string, Element>>;
}

/** The top level, and all of its elements in their order. */
interface Parsed {
  set: Level;
  elements: Element[];
  stream: Stream;
}

type Stream = InstanceType<typeof dicomParser.ByteStream>;

/** What another reader cannot read is not passed on; its message may hold values. */
function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch {
    throw refusal('it cannot be read');
  }
}

function parse(output: Uint8Array, start: number): Parsed {
  return reading(() => {
    const meta = dicomParser.readPart10Header(output.subarray(0, start));
    const ends = Object.values(meta.elements).map(({ dataOffset, length }) => dataOffset + length);
    if (Math.max(...ends) !== start) throw new RangeError('the file meta group ends elsewhere');
    const syntax = meta.string('x00020010');
    const isImplicit = syntax === implicitLittleEndian;
    const { littleEndianByteArrayParser, bigEndianByteArrayParser } = dicomParser;
    const parser = syntax === explicitBigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser;
    return readElements(new dicomParser.ByteStream(parser, output, start), isImplicit);
  });
}

/** One by one: in an object of a few hundred tags, as the parser makes of a data set, each took as long as its reading. */
function readElements(stream: Stream, isImplicit: boolean): Parsed {
  const { byteArray } = stream;
  const elements: Element[] = [];
  const known: Record<string, Element> = {};
  while (stream.position < byteArray.length) {
    const element = isImplicit ? dicomParser.readDicomElementImplicit(stream) : readExplicit(stream);
    elements.push(element);
    if (isPrivate(element) || element.tag === privateCharacteristics) known[element.tag] = element;
  }
  if (stream.position > byteArray.length) throw new RangeError('a value passes the end');
  return { set: { byteArray, elements: known }, elements, stream };
}

/** Goes over the items of a sequence whose length is known. */
function readExplicit(stream: Stream): Element {
  const { byteArray, position } = stream;
  const isSequence = byteArray[position + 4] === 0x53 && byteArray[position + 5] === 0x51;
  if (!isSequence) return dicomParser.readDicomElementExplicit(stream, []);
  const tag = dicomParser.readTag(stream);
  stream.position = position;
  const header = dicomParser.readDicomElementExplicit(stream, [], tag);
  if (isUnread(header)) {
    stream.seek(header.length);
    return header;
  }
  stream.position = position;
  return dicomParser.readDicomElementExplicit(stream, []);
}

const undefinedLength = 0xffffffff;
const isUnread = ({ vr: name, length, items }: Element) =>
  name === 'SQ' && items === undefined && length !== undefinedLength;

/** An item at a time: those of thousands of frames, held at once, took longer to keep than to read. */
function* readParts(stream: Stream, sequence: Element): Generator<Element, void> {
  const end = sequence.dataOffset + sequence.length;
  let start = sequence.dataOffset;
  while (start < end) {
    yield reading(() => readPart(stream, { sequence, start, end }));
    start = stream.position;
  }
  if (start > end) throw refusal('it cannot be read');
}

/** The next item, or all that are left where its length is not known. */
function readPart(
  stream: Stream,
  { sequence, start, end }: { sequence: Element; start: number; end: number },
): Element {
  stream.position = start;
  const item = dicomParser.readSequenceItem(stream);
  const partEnd = item.length === undefinedLength ? end : stream.position + item.length;
  stream.position = start;
  const part = { ...sequence, dataOffset: start, length: partEnd - start };
  dicomParser.readSequenceItemsExplicit(stream, part, []);
  return part;
}

const privateCharacteristics = 'x00080300';
const isPrivate = ({ tag }: Element) => dicomParser.isPrivateTag(tag);

interface Found {
  set: Level;
  element: Element;
  tag: number;
  isTop: boolean;
}

function requireAllowed(found: Found, expected: Expected): void {
  if (found.tag >>> 16 === 2 || (found.isTop && expected.stamped.has(found.tag))) return;
  const fault = faultOf(found, expected);
  if (fault !== undefined) throw refusal(`${fault} is in element ${formatTag(found.tag)}`);
}

function faultOf(found: Found, expected: Expected): string | undefined {
  const { element, tag, isTop } = found;
  const group = tag >>> 16;
  if (group % 2 === 1) return isSafePrivate(found, expected.policy) ? undefined : 'a private value';
  if ((tag & 0xffff) === 0 || group >>> 8 === 0x50) return 'a value that is always removed';
  if (group >>> 8 === 0x60) return expected.policy.deid.cleanGraphics ? undefined : 'an overlay';
  if (element.length === 0) return undefined;
  const rule = expected.rules.get(tag);
  const action = isTop ? rule?.action : rule?.nestedAction;
  if (action === 'K' || rule?.isCleaned === true) return undefined;
  if (rule !== undefined && !rule.isDated && !agrees(action, found))
    return `a value that the profile treats by ${action}`;
  return faultByVr(found, expected, rule);
}

function agrees(action: ProfileRule['action'] | undefined, found: Found): boolean {
  if (action === 'X' || action === 'Z') return false;
  const code = lookUpVr(found.tag) ?? 0;
  if (action !== 'D' || code === vr.UI || code === vr.SQ) return true;
  return isDummy(found, code);
}

function faultByVr(found: Found, { policy, isOwnOutput }: Expected, rule?: ProfileRule): string | undefined {
  const code = lookUpVr(found.tag);
  if (code === vr.PN) return isDummy(found, code) ? undefined : 'a name';
  const keepsUid = isOwnOutput || isClassUid(found.tag) || (policy.deid.retainUids && rule === undefined);
  if (code === vr.UI && !keepsUid) return isMapped(found) ? undefined : 'a UID';
  const isDate = code === vr.DA || code === vr.DT || code === vr.TM;
  return isDate && policy.deid.dates === 'remove' && !isDummy(found, code) ? 'a date' : undefined;
}

/** A value without its padding equals the one that stands for every value of its VR. */
function isDummy({ set, element }: Found, code: number): boolean {
  const dummy = dummyValue(code);
  const { byteArray } = set;
  const isPadding = (byte: number | undefined) => byte === 0x20 || byte === 0;
  for (let i = 0; i < element.length; i += 1) {
    const byte = byteArray[element.dataOffset + i];
    if (i < dummy.length ? byte !== dummy[i] : !(isTextVr(code) && isPadding(byte))) return false;
  }
  return element.length >= dummy.length;
}

const textOf = ({ byteArray }: Level, { dataOffset, length }: Element) =>
  bytesToText(byteArray, dataOffset, dataOffset + length);

function isMapped({ set, element }: Found): boolean {
  return textOf(set, element)
    .split('\\')
    .every((each) => {
      const uid = each.replace(/[ \0]+$/, '');
      return uid === '' || uid.startsWith('2.25.') || isRegisteredUid(uid);
    });
}

/** Creators stand for their blocks; what the input itself marks as safe cannot be looked up. */
function isSafePrivate({ set, tag }: Found, { deid }: ProjectPolicy): boolean {
  if (!deid.retainSafePrivate) return false;
  const low = tag & 0xffff;
  if (low < 0x100) return low >= 0x10;
  const creator = set.elements[`x${(((tag & 0xffff0000) | (low >>> 8)) >>> 0).toString(16).padStart(8, '0')}`];
  if (creator === undefined || creator.length === 0) return false;
  // up to a NUL, as other readers take it: what is behind one must not make a creator of another
  const name = textOf(set, creator).replace(/\0.*$/s, '').trim();
  return isPublishedSafe(tag, name) || set.elements[privateCharacteristics] !== undefined;
}
