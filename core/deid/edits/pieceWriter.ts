import { copyBytes } from '../../dicom/copyBytes.ts';

/**
 * A stretch of an output up to the value of Pixel Data: bytes of the input, or new ones. `from` is where the bytes of
 * the input start, -1 for new ones; `node` is the element whose words the new bytes hold, -1 where they hold labels,
 * keyed values and constants only.
 */
export interface Piece {
  start: number;
  end: number;
  from: number;
  node: number;
}

/**
 * Writes pieces into bytes of the length that was measured, and shows each when it is whole: those that go on where the
 * one before ended in the input are one.
 */
export function pieceWriter(head: Uint8Array, bytes: Uint8Array, show: (piece: Piece) => void) {
  let position = 0;
  let start = 0;
  let from = -1;
  let node = -1;

  function showLast(): void {
    if (position > start) show({ start, end: position, from, node });
    start = position;
  }

  return {
    copy(first: number, end: number): void {
      if (first === end) return;
      const goesOn = from >= 0 && from + position - start === first;
      if (!goesOn) {
        showLast();
        from = first;
        node = -1;
      }
      copyBytes(head, first, end, bytes, position);
      position += end - first;
    },
    make(made: Uint8Array, of = -1): void {
      showLast();
      from = -1;
      node = of;
      bytes.set(made, position);
      position += made.length;
    },
    /** One that did not fit would be a fault of the measuring. */
    finish(): void {
      showLast();
      if (position !== bytes.length) throw new RangeError('Cannot render the head: it is not as long as was measured');
    },
  };
}
