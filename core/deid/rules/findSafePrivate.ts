import { at, type ElementIndex, isContainer, valueEnd } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { readShort } from '../../dicom/readShort.ts';
import { childOf, valueText } from '../../dicom/readText.ts';
import { vr, vrCode } from '../../dicom/vr.ts';
import { safePrivateBlocks } from '../tables/safePrivateBlocks.ts';

type Blocks = ReadonlyMap<string, ReadonlyMap<number, number>>;
let known: Blocks | undefined;

/** `gggg creator` to VR code by low byte; read by policies alone that keep private elements. */
const published = (): Blocks => {
  known ??= new Map(
    safePrivateBlocks
      .trim()
      .split('\n')
      .map((line) => {
        const [block = '', elements = ''] = line.split('\t');
        const vrs = elements
          .split(' ')
          .map((each): [number, number] => [Number.parseInt(each.slice(0, 2), 16), vrCode(each.slice(2))]);
        return [block, new Map(vrs)];
      }),
  );
  return known;
};

/** True for an element of the published table, by its tag and its creator. */
export const isPublishedSafe = (tag: number, creator: string): boolean =>
  published()
    .get(`${hex(tag >>> 16)} ${creator}`)
    ?.has(tag & 0xff) === true;

/**
 * VR by position of every private element that may stay, with the creators that these need; 0 for all others
 * (PS3.15 §E.3.10). An element is known by group, creator and low byte: the block that a creator reserves differs from
 * file to file and from item to item. Beside the published table the file's own marks count (0008,0300), by block.
 */
export function findSafePrivate({ head, index }: Pick<DicomFile, 'head' | 'index'>): Uint16Array {
  const kept = new Uint16Array(index.count);
  const marked = markedBlocks(head, index);
  /** Creator element by `blockKey`. */
  const creators = new Map<number, number>();
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    if ((tag >>> 16) % 2 === 0 || at(index.vr, node) === 0) continue;
    const low = tag & 0xffff;
    if (isCreator(node)) creators.set(blockKey(at(index.parent, node), tag >>> 16, low), node);
    const creator = low < 0x100 ? undefined : creators.get(blockKey(at(index.parent, node), tag >>> 16, low >>> 8));
    if (creator === undefined) continue;
    const code = safeVr(node, `${hex(tag >>> 16)} ${valueText(head, index, creator)}`);
    if (code === 0) continue;
    kept[node] = code;
    kept[creator] = vr.LO;
  }
  return kept;

  function isCreator(node: number): boolean {
    const low = at(index.tag, node) & 0xffff;
    return low >= 0x10 && low < 0x100 && at(index.end, node) - at(index.value, node) <= creatorBytes;
  }

  function safeVr(node: number, block: string): number {
    const code =
      published()
        .get(block)
        ?.get(at(index.tag, node) & 0xff) ?? (marked.has(block) ? vr.UN : 0);
    const effective = code === vr.UN ? at(index.vr, node) : code;
    if (effective === vr.UN && isClosedSequence(head, index, node)) return 0;
    return effective === vr.SQ && !isReadableSequence(index, node) ? 0 : effective;
  }
}

/** VR LO (PS3.5 §7.8.1). What is longer is no creator, and would be read for each of 256 elements. */
const creatorBytes = 64;

/** One exact number: positions have 23 bits, odd groups 15, and blocks 8. */
const blockKey = (parent: number, group: number, block: number) =>
  ((parent + 1) * 2 ** 15 + (group >>> 1)) * 256 + block;

const hex = (group: number) => group.toString(16).toUpperCase().padStart(4, '0');

const isReadableSequence = (index: ElementIndex, node: number) =>
  isContainer(index, node) || at(index.value, node) === valueEnd(index, node);

const itemBytes = [
  [0xfe, 0xff, 0x00, 0xe0],
  [0xff, 0xfe, 0xe0, 0x00],
];

/** True for items behind UN and a length: no reader of ours goes into them. */
function isClosedSequence(head: Uint8Array, index: ElementIndex, node: number): boolean {
  const value = at(index.value, node);
  if (isContainer(index, node) || valueEnd(index, node) - value < 8) return false;
  return itemBytes.some((bytes) => bytes.every((byte, i) => head[value + i] === byte));
}

/** Blocks that the file describes as free of identifiers: items with group, creator and the status SAFE. */
function markedBlocks(head: Uint8Array, index: ElementIndex): Set<string> {
  const marked = new Set<string>();
  for (let item = 0; item < index.count; item += 1) {
    if (at(index.vr, item) !== 0 || at(index.tag, at(index.parent, item)) !== 0x00080300) continue;
    const status = childOf(index, item, 0x00080303);
    if (status === undefined || valueText(head, index, status) !== 'SAFE') continue;
    const group = childOf(index, item, 0x00080301);
    const creator = childOf(index, item, 0x00080302);
    if (group === undefined || creator === undefined) continue;
    marked.add(`${hex(readShort(head, index, group) ?? 0)} ${valueText(head, index, creator)}`);
  }
  return marked;
}
