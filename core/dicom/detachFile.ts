import { copyElementIndex, indexBytes } from './elementIndex.ts';
import { releaseMemory } from './growingMemory.ts';
import type { DicomFile, DicomTail } from './readDicom.ts';

export interface DetachedFile extends DicomFile {
  /** The memory it takes. */
  bytes: number;
}

/** The memory that a file takes once it is detached. */
export const detachedBytes = ({ head, index }: DicomFile, tail: DicomTail): number =>
  head.length + indexBytes(index) + tail.bytes.length + indexBytes(tail.index);

/**
 * A file that was read to its end, in memory of its own and without the stream it came of, so that who goes on with it
 * later need not read it again. Its pixels passed by: who has the file itself copies them from `nativeRange`.
 */
export function detachFile(file: DicomFile, tail: DicomTail): DetachedFile {
  const { meta, encoding, nativeBytes, nativeRange } = file;
  const head = file.head.slice();
  const index = copyElementIndex(file.index);
  const fragments = file.fragments();
  return {
    ...{ meta, encoding, head, index, nativeBytes, nativeRange },
    bytes: detachedBytes(file, tail),
    pixels: file.pixels && { [Symbol.asyncIterator]: passedBy },
    passPixels: async () => undefined,
    fragments: () => fragments,
    tail: async () => tail,
    release() {
      releaseMemory(head);
      releaseMemory(index.tag);
    },
  };
}

/** An empty stream would be an image without pixels. */
function passedBy(): never {
  throw new Error('Cannot read the pixels of a file whose stream is gone');
}
