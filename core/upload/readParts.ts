import { hexToBytes } from '@noble/hashes/utils.js';
import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { ByteRange, Codecs, Hasher } from '../submission/ports.ts';
import type { DigestBytes } from './inspectFile.ts';
import type { ObjectPlan } from './planUpload.ts';

/** Reads a range of a local file, into the given memory if the platform can; fewer bytes only where the file ends. */
export type ReadFile = (
  path: string,
  range: ByteRange,
  into?: Uint8Array<ArrayBuffer>,
) => Promise<Uint8Array<ArrayBuffer>>;

export interface ReadyPart {
  /** From 1. */
  number: number;
  sizeBytes: number;
  /** Base64. */
  sha256: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const megabyte = 1024 * 1024;

/** The part size of an object: the default, or as much more as its 10,000 parts need, in whole MiB. */
export function partSizeOf(objectBytes: number): number {
  const needed = Math.ceil(objectBytes / limits.partsPerObject / megabyte) * megabyte;
  return Math.max(limits.partDefaultBytes, needed);
}

interface ReadPorts {
  readFile: ReadFile;
  codecs: Pick<Codecs, 'sha256'>;
  /** For what is held whole: parts, and files that lie within one. */
  digestBytes: DigestBytes;
  /** Memory for one part, which may be that of a part that was sent. */
  takeBuffer?: (byteLength: number) => Uint8Array<ArrayBuffer>;
}

/**
 * Reads an object part by part, one part in memory, and proves each file against its digest on the way.
 * @throws DomainError ManifestMismatch for a file that changed after it was read first, by its number in the manifest
 */
export async function* readParts(
  { readFile, codecs, digestBytes, takeBuffer = (byteLength) => new Uint8Array(byteLength) }: ReadPorts,
  { files, firstFile, layout }: ObjectPlan,
  partSizeBytes = partSizeOf(layout.sizeBytes),
): AsyncGenerator<ReadyPart, void, undefined> {
  let running: Hasher = codecs.sha256();

  async function readPiece(index: number, range: ByteRange, into: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const file = files[index];
    if (file === undefined) throw changed(firstFile + index);
    const isLast = range.end === file.sizeBytes;
    // one byte more than there should be: a file that grew shows itself
    const piece = await readFile(file.path, isLast ? { start: range.start, end: range.end + 1 } : range, into);
    if (piece.length !== range.end - range.start) throw changed(firstFile + index);
    const digest = await digestAlong(piece, { isFirst: range.start === 0, isLast });
    if (isLast && digest !== file.sha256) throw changed(firstFile + index);
    return piece;
  }

  /** The digest of a file whose pieces come one after the other; undefined before the last. */
  async function digestAlong(
    piece: Uint8Array<ArrayBuffer>,
    { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
  ) {
    if (isFirst && isLast) return digestBytes(piece);
    if (isFirst) running = codecs.sha256();
    running.update(piece);
    return isLast ? running.hex() : undefined;
  }

  for (let number = 1, start = 0; start < layout.sizeBytes; number += 1, start += partSizeBytes) {
    const end = Math.min(layout.sizeBytes, start + partSizeBytes);
    // with room for the byte more that shows a file that grew
    const buffer = takeBuffer(end - start + 1);
    const bytes = buffer.subarray(0, end - start);
    let at = 0;
    for (const segment of layout.segments({ start, end })) {
      const piece =
        'bytes' in segment ? segment.bytes : await readPiece(segment.file, segment.range, buffer.subarray(at));
      if (piece.buffer !== buffer.buffer) bytes.set(piece, at);
      at += piece.length;
    }
    yield { number, sizeBytes: bytes.length, sha256: base64OfHex(await digestBytes(bytes)), bytes };
  }
}

const base64OfHex = (hex: string) => btoa(String.fromCharCode(...hexToBytes(hex)));

const changed = (file: number) =>
  new DomainError('ManifestMismatch', `Cannot send file ${file}: it changed after it was announced`);
