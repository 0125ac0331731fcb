import { limits } from '../policy/limits.ts';
import { dicomFault } from './dicomFault.ts';
import {
  at,
  createElementIndex,
  type ElementIndex,
  flag,
  growElementIndex,
  itemEndTag,
  itemTag,
  sequenceEndTag,
} from './elementIndex.ts';
import { lookUpVr } from './lookUpVr.ts';
import { explicitHeaderBytes, vr } from './vr.ts';

const undefinedLength = 0xffffffff;
const pixelTags = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);

/** Bytes held so far: a prefix of the file. */
interface Held {
  view: DataView;
  available: number;
}

/**
 * Why a scan stopped: it needs more bytes; it reached the value of Pixel Data; the set ended before bytes of another
 * kind (the data set after the file meta group, padding, trailing bytes).
 */
type ScanStop = 'more' | 'pixels' | 'end';

interface ScanOptions {
  start: number;
  explicit: boolean;
  bigEndian: boolean;
  /**
   * `meta` stops before the first element outside group 0002; `set` stops at the value of Pixel Data and at zeros in
   * place of an element; `tail` stops at whatever cannot be the next element, because writers leave bytes there.
   */
  part: 'meta' | 'set' | 'tail';
  /** A tag that the first one must exceed. */
  after?: number;
}

export interface ElementScan {
  readonly index: ElementIndex;
  /** Offset of the next header; beyond the held bytes while a value is being skipped. */
  readonly position: number;
  /** True when elements of one level do not ascend: they must then be checked for duplicates. */
  readonly isUnordered: boolean;
  /** Goes on as far as the held bytes reach; called again with more of them, it continues. */
  advance(held: Held): ScanStop;
  /** True between two elements of the top level. */
  isComplete(): boolean;
  /** Call at the end of the bytes. @throws DomainError DicomTruncated when the set is not complete there */
  finish(available: number): void;
}

type FrameKind = 'set' | 'items' | 'fragments';

/** What is being read: a data set, the items of a sequence, or the fragments of encapsulated pixels. */
interface Frame {
  kind: FrameKind;
  /** Index of the element or item that opened it; -1 for the whole. */
  node: number;
  /** Where it ends; Infinity for undefined length. */
  end: number;
  /** Where it must have ended: the nearest defined end around it. */
  bound: number;
  explicit: boolean;
  bigEndian: boolean;
  lastTag: number;
}

interface Header {
  tag: number;
  vr: number;
  headerBytes: number;
  length: number;
}

/**
 * Indexes elements without recursion and in one pass: each element starts where the one before it ends, and each
 * sequence and item must end exactly where its length says, so that the ranges tile the data set.
 * @throws DomainError with a code of dicomFaults, offset and tag
 */
export function scanElements({ start, explicit, bigEndian, part, after = -1 }: ScanOptions): ElementScan {
  const index = createElementIndex(part === 'set' ? 256 : 16);
  const whole: Frame = { kind: 'set', node: -1, end: Infinity, bound: Infinity, explicit, bigEndian, lastTag: after };
  const frames: Frame[] = [whole];
  let frame = whole;
  let position = start;
  let isUnordered = false;
  let sequenceDepth = 0;

  function advance(held: Held): ScanStop {
    for (;;) {
      while (position === frame.end) close(0);
      requireRoom();
      if (position + 8 > held.available) return 'more';
      const stop = frame.kind === 'set' ? readElement(held) : readItem(held.view);
      if (stop !== undefined) return stop;
    }
  }

  function requireRoom(): void {
    if (position + 8 <= frame.bound) return;
    throw dicomFault('DicomOverrun', 'no element fits before the end of its sequence or item', place());
  }

  function readElement(held: Held): ScanStop | undefined {
    const { view } = held;
    if (frame === whole && endsHere(view)) return 'end';
    const header = readHeader(held);
    if (header === undefined) return 'more';
    if (header.tag >>> 16 === 0xfffe) return endItem(header);
    noteOrder(header.tag);
    const isPixels = frame === whole && part === 'set' && pixelTags.has(header.tag);
    if (header.length !== undefinedLength) requireValueFits(header);
    const node = add(header);
    position += header.headerBytes;
    if (isPixels) return 'pixels';
    openValue(node, header);
    return undefined;
  }

  function requireValueFits({ tag, headerBytes, length }: Header): void {
    const left = frame.bound - position - headerBytes;
    if (length <= left) return;
    // not the length itself: it may be letters of a value
    throw dicomFault('DicomOverrun', `it has no room in ${left} bytes of its sequence or item`, place(tag));
  }

  function endsHere(view: DataView): boolean {
    const group = view.getUint16(position, !frame.bigEndian);
    if (part === 'meta') return group !== 2;
    if (view.getUint32(position) === 0 && view.getUint32(position + 4) === 0) return true;
    if (part !== 'tail') return false;
    const tag = (group << 16) | view.getUint16(position + 2, !frame.bigEndian);
    const isNext = tag >>> 0 > frame.lastTag && group !== 0xfffe;
    const code = view.getUint16(position + 4);
    const isElement = frame.explicit
      ? explicitHeaderBytes(code) > 0
      : group % 2 === 1 || lookUpVr(tag >>> 0) !== undefined;
    return !(isNext && isElement);
  }

  /** Reads tag, VR and length; undefined when the header is not complete yet. */
  function readHeader({ view, available }: Held): Header | undefined {
    const little = !frame.bigEndian;
    const tag = ((view.getUint16(position, little) << 16) | view.getUint16(position + 2, little)) >>> 0;
    if (tag >>> 16 === 0xfffe || !frame.explicit) {
      return { tag, vr: lookUpVr(tag) ?? vr.UN, headerBytes: 8, length: view.getUint32(position + 4, little) };
    }
    const code = view.getUint16(position + 4);
    const headerBytes = explicitHeaderBytes(code);
    if (headerBytes === 0) throw dicomFault('DicomVrInvalid', 'it has no valid VR', place(tag));
    if (headerBytes === 8) return { tag, vr: code, headerBytes, length: view.getUint16(position + 6, little) };
    if (position + headerBytes > frame.bound) {
      throw dicomFault('DicomOverrun', 'its header passes the end of its sequence or item', place(tag));
    }
    if (position + headerBytes > available) return undefined;
    return { tag, vr: code, headerBytes, length: view.getUint32(position + 8, little) };
  }

  function endItem({ tag, length }: Header): undefined {
    if (tag !== itemEndTag || frame === whole || frame.end !== Infinity) {
      throw dicomFault('DicomDelimiterMisplaced', 'a delimiter stands where an element is due', place(tag));
    }
    if (length !== 0) throw dicomFault('DicomDelimiterMisplaced', 'the length of a delimiter is not zero', place(tag));
    close(8);
  }

  function noteOrder(tag: number): void {
    if (tag === frame.lastTag) throw dicomFault('DicomElementRepeated', 'the element occurs twice', place(tag));
    if (tag < frame.lastTag) isUnordered = true;
    frame.lastTag = tag;
  }

  function add({ tag, vr: code, headerBytes, length }: Header): number {
    growElementIndex(index, position);
    const node = index.count;
    index.count = node + 1;
    index.tag[node] = tag;
    index.vr[node] = code;
    index.flags[node] =
      (frame.explicit ? flag.explicit : 0) |
      (frame.bigEndian ? flag.bigEndian : 0) |
      (length === undefinedLength ? flag.undefinedLength : 0);
    index.start[node] = position;
    index.value[node] = position + headerBytes;
    index.parent[node] = frame.node;
    return node;
  }

  /** Steps into a sequence or over a value. `position` is at the value. */
  function openValue(node: number, header: Header): void {
    if (holdsItems(header)) {
      openSequence(node, header);
    } else if (header.length === undefinedLength) {
      openFragments(node, header);
    } else {
      position += header.length;
      index.end[node] = position;
    }
  }

  function openSequence(node: number, { tag, vr: code, length }: Header): void {
    sequenceDepth += 1;
    if (sequenceDepth > limits.dicomDepth) {
      throw dicomFault('DicomTooDeep', `sequences nest deeper than ${limits.dicomDepth}`, place(tag));
    }
    // PS3.5 §6.2.2 note 2 and CP-246: a sequence behind UN is implicit VR little endian, whatever holds it
    const isImplicit = code === vr.UN || !frame.explicit;
    open('items', node, { length, explicit: !isImplicit, bigEndian: code !== vr.UN && frame.bigEndian });
  }

  function openFragments(node: number, { tag, vr: code, length }: Header): void {
    if (tag !== 0x7fe00010 || (code !== vr.OB && code !== vr.OW)) {
      throw dicomFault('DicomLengthUndefined', 'its VR allows no undefined length', place(tag));
    }
    open('fragments', node, { length, explicit: frame.explicit, bigEndian: frame.bigEndian });
  }

  function open(kind: FrameKind, node: number, as: { length: number; explicit: boolean; bigEndian: boolean }): void {
    const end = as.length === undefinedLength ? Infinity : position + as.length;
    const bound = Math.min(frame.bound, end);
    if (end !== Infinity && end > frame.bound) {
      throw dicomFault('DicomOverrun', 'an item passes the end of its sequence', place());
    }
    index.flags[node] = at(index.flags, node) | flag.container;
    frame = { kind, node, end, bound, explicit: as.explicit, bigEndian: as.bigEndian, lastTag: -1 };
    frames.push(frame);
  }

  /** Ends the innermost sequence or item, over a delimiter of so many bytes. */
  function close(delimiterBytes: number): void {
    position += delimiterBytes;
    index.end[frame.node] = position;
    if (frame.kind === 'items') sequenceDepth -= 1;
    frames.pop();
    frame = frames.at(-1) ?? whole;
  }

  function readItem(view: DataView): undefined {
    const little = !frame.bigEndian;
    const tag = ((view.getUint16(position, little) << 16) | view.getUint16(position + 2, little)) >>> 0;
    const length = view.getUint32(position + 4, little);
    if (tag === sequenceEndTag && frame.end === Infinity) {
      if (length !== 0)
        throw dicomFault('DicomDelimiterMisplaced', 'the length of a delimiter is not zero', place(tag));
      close(8);
      return undefined;
    }
    if (tag !== itemTag) throw dicomFault('DicomDelimiterMisplaced', 'an item is due', place(tag));
    if (frame.kind === 'items') {
      const node = add({ tag, vr: 0, headerBytes: 8, length });
      position += 8;
      open('set', node, { length, explicit: frame.explicit, bigEndian: frame.bigEndian });
      return;
    }
    if (length === undefinedLength || position + 8 + length > frame.bound) {
      throw dicomFault('DicomOverrun', 'a fragment has no length or passes what holds it', place(tag));
    }
    position += 8 + length;
  }

  function place(tag = index.count === 0 ? undefined : at(index.tag, index.count - 1)) {
    return tag === undefined ? { offset: position } : { offset: position, tag };
  }

  function finish(available: number): void {
    while (position === frame.end) close(0);
    if (frame === whole && position === available) return;
    const offset = Math.min(position, available);
    throw dicomFault('DicomTruncated', `the file ends at byte ${available}`, { ...place(), offset });
  }

  return {
    index,
    get position() {
      return position;
    },
    get isUnordered() {
      return isUnordered;
    },
    advance,
    isComplete() {
      while (position === frame.end) close(0);
      return frame === whole;
    },
    finish,
  };
}

/** A value of items: SQ, or UN that is known or bound to be a sequence. An empty value holds none. */
function holdsItems({ tag, vr: code, length }: Header): boolean {
  if (length === 0) return false;
  if (code === vr.SQ) return true;
  return code === vr.UN && (length === undefinedLength || lookUpVr(tag) === vr.SQ);
}
