import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { PlannedFile } from '../submission/contracts/steps.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import { type ByteSource, openByteSource } from './byteSource.ts';
import { localHeaderBytes, zipMethods, zipSignatures } from './zipRecords.ts';

/**
 * Walks the files of a pack over one ranged stream, in the order of their offsets; files without an offset are left
 * out. A body may be left early: the walk goes on at the next offset. Nothing is held whole.
 * @param start byte offset in the pack at which `body` begins
 * @throws DomainError PackInvalid out of the body of a broken member only, so that it does not stop the others; faults
 *   of the stream itself end the walk
 */
export async function* readPackedFiles(
  body: Bytes,
  files: readonly PlannedFile[],
  start: number,
  codecs: Pick<Codecs, 'inflateRaw'>,
): AsyncGenerator<{ planned: PlannedFile; body: Bytes }, void, undefined> {
  const source = openByteSource(body);
  const present = files.flatMap((planned) => (planned.offset === undefined ? [] : [{ planned, at: planned.offset }]));
  try {
    for (const [index, { planned, at }] of present.entries()) {
      const reached = await source.skipTo(at - start);
      const end = (present[index + 1]?.at ?? Number.POSITIVE_INFINITY) - start;
      const member = openMember(source, { planned, at, end, reached }, codecs);
      yield { planned, body: member.body };
      member.leave();
    }
  } finally {
    await source.close();
  }
}

interface Member {
  planned: PlannedFile;
  /** Offset in the pack. */
  at: number;
  /** Where the next file begins, in bytes of the stream. */
  end: number;
  /** False when the stream is past the member, or ended before it. */
  reached: boolean;
}

function openMember(source: ByteSource, member: Member, codecs: Pick<Codecs, 'inflateRaw'>) {
  let left = false;
  const { planned, at } = member;

  async function* stored(): Bytes {
    let missing = planned.storedBytes;
    while (missing > 0) {
      if (left) throw invalid(at, 'it was left');
      const chunk = await source.read(missing);
      if (chunk === undefined) throw invalid(at, `the stream ends ${missing} bytes before it`);
      missing -= chunk.length;
      yield chunk;
    }
  }

  async function* whole(): Bytes {
    requireFairRatio(planned, at);
    await readHeader(source, member);
    let sizeBytes = 0;
    const isPlain = planned.method === 'store' || planned.storedBytes === 0;
    for await (const chunk of isPlain ? stored() : inflated(source, stored(), member, codecs)) {
      sizeBytes += chunk.length;
      if (sizeBytes > planned.sizeBytes) throw invalid(at, `it has more than the ${planned.sizeBytes} bytes planned`);
      yield chunk;
    }
    if (sizeBytes !== planned.sizeBytes) throw invalid(at, `it has ${sizeBytes} bytes, ${planned.sizeBytes} planned`);
  }

  return {
    body: whole(),
    leave: () => {
      left = true;
    },
  };
}

/** Zeros inflate to a thousand times their data: 100 MB would take an hour to look at. */
function requireFairRatio({ sizeBytes, storedBytes }: PlannedFile, at: number): void {
  const mostBytes = Math.max(limits.packInflateBytes, storedBytes * limits.dicomInflateRatio);
  if (sizeBytes > mostBytes) throw invalid(at, `it would inflate to more than ${mostBytes} bytes`);
}

/** A fault of the stream passes as it is; what else fails is the compressed data. */
async function* inflated(source: ByteSource, stored: Bytes, { at }: Member, codecs: Pick<Codecs, 'inflateRaw'>): Bytes {
  try {
    yield* codecs.inflateRaw(stored);
  } catch (error) {
    if (source.fault() !== undefined || DomainError.is(error)) throw error;
    throw invalid(at, 'its compressed data is broken', error);
  }
}

/** Reads past the local header; its name and extra field need not have the lengths of the directory's. */
async function readHeader(source: ByteSource, { planned, at, end, reached }: Member): Promise<void> {
  if (!reached) throw invalid(at, 'the stream does not hold it');
  const header = await source.readExactly(localHeaderBytes);
  if (header === undefined) throw invalid(at, 'the stream ends in its header');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== zipSignatures.local) throw invalid(at, 'it has no local header');
  if (view.getUint16(6, true) & 1) throw invalid(at, 'it is encrypted');
  if (view.getUint16(8, true) !== zipMethods[planned.method]) throw invalid(at, 'its two headers differ in method');
  const dataAt = source.position() + view.getUint16(26, true) + view.getUint16(28, true);
  if (dataAt + planned.storedBytes > end) throw invalid(at, 'it overlaps the next file');
  if (!(await source.skipTo(dataAt))) throw invalid(at, 'the stream ends in its header');
}

const invalid = (offset: number, why: string, cause?: unknown) =>
  new DomainError('PackInvalid', `Cannot read the file at byte ${offset} of the pack: ${why}`, { cause });
