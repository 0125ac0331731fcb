import { at } from '../dicom/elementIndex.ts';
import { largerSize, releaseMemory } from '../dicom/growingMemory.ts';

/**
 * The stretches of an output in their order, as columns: bytes of the input, or new ones. Each starts where the one
 * before it ends; `from` is where the bytes of the input start, -1 for new ones; `node` is the element whose words the
 * new bytes hold, -1 where they hold labels, keyed values and constants only.
 */
export interface Pieces {
  count: number;
  end: Uint32Array<ArrayBuffer>;
  from: Int32Array<ArrayBuffer>;
  node: Int32Array<ArrayBuffer>;
}

/** The planned output up to the value of Pixel Data. */
export interface RenderedHead {
  bytes: Uint8Array;
  pieces: Pieces;
}

/** Writes pieces into bytes of the length that was measured: one that did not fit would be a fault of the measuring. */
export function pieceWriter(head: Uint8Array, headBytes: number) {
  const bytes = new Uint8Array(headBytes);
  const pieces: Pieces = createPieces(256);
  let position = 0;

  function add(from: number, length: number, node: number): void {
    position += length;
    const last = pieces.count - 1;
    // goes on where the last one ended in the input, which started so many bytes behind its place in the output
    const lastStart = last < 1 ? 0 : at(pieces.end, last - 1);
    if (from >= 0 && last >= 0) {
      const lastFrom = at(pieces.from, last);
      if (lastFrom >= 0 && lastFrom + at(pieces.end, last) - lastStart === from) {
        pieces.end[last] = position;
        return;
      }
    }
    if (pieces.count === pieces.end.length) growPieces(pieces);
    pieces.end[pieces.count] = position;
    pieces.from[pieces.count] = from;
    pieces.node[pieces.count] = node;
    pieces.count += 1;
  }

  return {
    copy(from: number, to: number): void {
      if (from === to) return;
      copyBytes(head, from, to, bytes, position);
      add(from, to - from, -1);
    },
    make(made: Uint8Array, node = -1): void {
      bytes.set(made, position);
      add(-1, made.length, node);
    },
    finish(): RenderedHead {
      if (position !== headBytes)
        throw new RangeError('Cannot render the head: it has not the length that was measured');
      return { bytes, pieces };
    },
  };
}

/** Most ranges between edits are a few bytes: a view of them would take longer than they do. */
const shortRange = 64;

function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, position: number): void {
  if (to - from > shortRange) target.set(source.subarray(from, to), position);
  else for (let i = from; i < to; i += 1) target[position + i - from] = source[i] ?? 0;
}

const createPieces = (capacity: number): Pieces => ({
  count: 0,
  end: new Uint32Array(capacity),
  from: new Int32Array(capacity),
  node: new Int32Array(capacity),
});

function growPieces(pieces: Pieces): void {
  const { end, from, node } = createPieces(largerSize(pieces.end.length, 4));
  end.set(pieces.end);
  from.set(pieces.from);
  node.set(pieces.node);
  for (const column of [pieces.end, pieces.from, pieces.node]) releaseMemory(column);
  Object.assign(pieces, { end, from, node });
}
