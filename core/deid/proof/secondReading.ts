import dicomParser, { type Element } from 'dicom-parser';
import { bytesToText } from '../../dicom/bytesToText.ts';
import type { DicomPlace } from '../../dicom/dicomFault.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import { explicitBigEndian, implicitLittleEndian } from '../../dicom/transferSyntax.ts';
import { vr } from '../../dicom/vr.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';

/** One data set: the whole, or that of an item. */
interface Level {
  byteArray: Uint8Array;
  /** What reserves its private blocks, by tag, as far as it was read: bytes, one a character. */
  creators: ReadonlyMap<number, string>;
  /** True where it says, as far as it was read, which of its private elements are safe. */
  isMarked: boolean;
}

/** What a reading comes across. */
export interface Found {
  set: Level;
  element: Element;
  tag: number;
  isTop: boolean;
}

/** What is being read: a data set, or the items of a sequence. */
interface Frame {
  /** Undefined for items. */
  set: OpenLevel | undefined;
  /** Infinity where a delimiter ends it. */
  end: number;
  isImplicit: boolean;
  stream: Stream;
}

interface OpenLevel extends Level {
  creators: Map<number, string>;
}

type Stream = InstanceType<typeof dicomParser.ByteStream>;

/** @param place in the output, inflated */
export const unconfirmed = (why: string, place: DicomPlace) =>
  new DomainError(
    'NotDeidentifiable',
    `Cannot confirm the output by a second reading: ${why} at byte ${place.offset}`,
    {
      cause: place,
    },
  );

const unreadable = ({ position }: Pick<Stream, 'position'>) => unconfirmed('it cannot be read', { offset: position });

/**
 * Reads the head of an output by headers that dicom-parser reads, and shows each element of every level, behind
 * the creator that it needs. Nothing else is kept of what was shown, so that a million items, or private elements, take
 * no more memory than one.
 * @param output preamble, file meta and data set up to Pixel Data, inflated
 * @param start of the data set in it
 * @throws DomainError NotDeidentifiable for what cannot be read, and whatever `show` throws
 */
export function readAgain(output: Uint8Array, start: number, show: (found: Found) => void): void {
  let stream: Pick<Stream, 'position'> = { position: start };
  try {
    const whole = openDataSet(output, start);
    stream = whole.stream;
    readLevels(whole, show);
  } catch (error) {
    // what another reader says of a file may hold values
    throw DomainError.is(error) ? error : unreadable(stream);
  }
}

function openDataSet(output: Uint8Array, start: number): Frame {
  const meta = dicomParser.readPart10Header(output.subarray(0, start));
  const ends = Object.values(meta.elements).map(({ dataOffset, length }) => dataOffset + length);
  if (Math.max(...ends) !== start) throw unreadable({ position: start });
  const syntax = meta.string('x00020010');
  const { littleEndianByteArrayParser, bigEndianByteArrayParser } = dicomParser;
  const parser = syntax === explicitBigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, output, start);
  return { stream, set: openLevel(output), end: output.length, isImplicit: syntax === implicitLittleEndian };
}

const openLevel = (byteArray: Uint8Array): OpenLevel => ({ byteArray, creators: new Map(), isMarked: false });

function readLevels(whole: Frame, show: (found: Found) => void): void {
  const frames = [whole];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const { stream, set, end } = frame;
    if (stream.position > end) throw unreadable(stream);
    if (stream.position === end) close();
    else if (set === undefined) openItem(frame);
    else readElement(frame, set);
  }

  function close(): void {
    const closed = frames.pop();
    const around = frames.at(-1);
    if (closed !== undefined && around !== undefined) around.stream.position = closed.stream.position;
  }

  function openItem(frame: Frame): void {
    const { stream, end, isImplicit } = frame;
    if (end === Infinity && readShort(stream, 2) === sequenceEnd) {
      stream.seek(8);
      close();
      return;
    }
    const item = dicomParser.readSequenceItem(stream);
    frames.push({ stream, set: openLevel(stream.byteArray), end: endOf(item), isImplicit });
  }

  function readElement(frame: Frame, set: OpenLevel): void {
    const isOpened = holdsItems(frame);
    const element = readHeader(frame, isOpened);
    const tag = Number.parseInt(element.tag.slice(1), 16);
    if (tag === itemEnd) {
      if (frame.end !== Infinity) throw unreadable(frame.stream);
      close();
      return;
    }
    const opened = isOpened ? openItems(frame, element) : undefined;
    const found: Found = { set, element, tag, isTop: frame === whole };
    if (tag === privateCharacteristics) set.isMarked = true;
    if (isCreator(tag)) set.creators.set(tag, textOf(set, element));
    show(found);
    if (opened !== undefined) frames.push(opened);
  }
}

/** The items of a sequence whose header was read: behind UN they are implicit VR little endian, whatever holds them. */
function openItems({ stream, isImplicit }: Frame, element: Element): Frame {
  const isBehindUn = !isImplicit && element.vr === 'UN';
  const { littleEndianByteArrayParser, ByteStream } = dicomParser;
  const items = isBehindUn ? new ByteStream(littleEndianByteArrayParser, stream.byteArray, stream.position) : stream;
  const opened = { stream: items, set: undefined, end: endOf(element), isImplicit: isImplicit || isBehindUn };
  // Delimited and without items it is as empty as with a length of zero
  if (opened.end === Infinity && readShort(items, 2) === sequenceEnd) element.length = 0;
  return opened;
}

const privateCharacteristics = 0x00080300;
const isCreator = (tag: number) => ((tag >>> 16) & 1) === 1 && (tag & 0xffff) >= 0x10 && (tag & 0xffff) < 0x100;

/** The value of an element: bytes, one a character. */
export const textOf = ({ byteArray }: Pick<Level, 'byteArray'>, { dataOffset, length }: Element): string =>
  bytesToText(byteArray, dataOffset, dataOffset + length);

const itemEnd = 0xfffee00d;
const sequenceEnd = 0xe0dd;
const undefinedLength = 0xffffffff;

const endOf = ({ dataOffset, length }: Pick<Element, 'dataOffset' | 'length'>) =>
  length === undefinedLength ? Infinity : dataOffset + length;

const readShort = ({ byteArrayParser, byteArray, position }: Stream, offset: number) =>
  byteArrayParser.readUint16(byteArray, position + offset);
const readLong = ({ byteArrayParser, byteArray, position }: Stream, offset: number) =>
  byteArrayParser.readUint32(byteArray, position + offset);

/** True where the next element is one to go into: SQ, or UN that is known or bound to be a sequence. */
function holdsItems({ stream, isImplicit }: Frame): boolean {
  if (isImplicit) return holdsItemsImplicit(stream);
  const { byteArray, position } = stream;
  const code = ((byteArray[position + 4] ?? 0) << 8) | (byteArray[position + 5] ?? 0);
  if (code !== vr.UN) return code === vr.SQ;
  const length = readLong(stream, 8);
  return length === undefinedLength || (length > 0 && lookUpVr(tagAt(stream)) === vr.SQ);
}

/** By what its value begins with, as dicom-parser knows them: private ones by their length alone. */
function holdsItemsImplicit(stream: Stream): boolean {
  const length = readLong(stream, 4);
  if (length === undefinedLength) return true;
  const isPrivate = (readShort(stream, 0) & 1) === 1;
  if (length < 8 || isPrivate || readShort(stream, 8) !== 0xfffe) return false;
  return readShort(stream, 10) === 0xe000 || readShort(stream, 10) === sequenceEnd;
}

const tagAt = (stream: Stream) => ((readShort(stream, 0) << 16) | readShort(stream, 2)) >>> 0;

/** Of a sequence the header alone; of other elements the value is gone over as well. */
function readHeader({ stream, isImplicit }: Frame, isOpened: boolean): Element {
  const { position } = stream;
  const until = isOpened ? dicomParser.readTag(stream) : undefined;
  stream.position = position;
  return isImplicit
    ? dicomParser.readDicomElementImplicit(stream, until)
    : dicomParser.readDicomElementExplicit(stream, [], until);
}
