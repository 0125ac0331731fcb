import { dicomFault } from '../../dicom/dicomFault.ts';
import { at } from '../../dicom/elementIndex.ts';
import { largerSize, releaseMemory } from '../../dicom/growingMemory.ts';
import { limits } from '../../policy/limits.ts';

/**
 * New bytes of the elements that change, with their headers, one behind another in the order of the input: those of two
 * million elements, each an array of its own, took a gigabyte.
 */
export interface Literals {
  count: number;
  /** Position of the element in the index, ascending. */
  node: Int32Array<ArrayBuffer>;
  /** Where its bytes end; they start where those before end. */
  end: Uint32Array<ArrayBuffer>;
  /** 1 where the bytes hold words of the input. */
  isCleaned: Uint8Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
}

export const createLiterals = (): Literals => ({
  count: 0,
  node: new Int32Array(64),
  end: new Uint32Array(64),
  isCleaned: new Uint8Array(64),
  bytes: new Uint8Array(4096),
});

/** @param node behind those of all literals so far @throws DomainError DicomHeadTooLarge */
export function addLiteral(literals: Literals, node: number, bytes: Uint8Array, isCleaned = false): void {
  const start = literalStart(literals, literals.count);
  const end = start + bytes.length;
  if (end > limits.dicomHeadBytes) throw outgrown(`more than ${limits.dicomHeadBytes} bytes of it would be new`);
  if (end > literals.bytes.length)
    literals.bytes = grown(literals.bytes, Math.max(end, largerSize(literals.bytes.length, 1)));
  if (literals.count === literals.node.length) growColumns(literals);
  literals.bytes.set(bytes, start);
  literals.node[literals.count] = node;
  literals.end[literals.count] = end;
  literals.isCleaned[literals.count] = isCleaned ? 1 : 0;
  literals.count += 1;
}

/** Where the bytes of a literal start; behind all of them for the one after the last. */
export const literalStart = ({ end }: Literals, literal: number): number => (literal === 0 ? 0 : at(end, literal - 1));

export const literalBytes = (literals: Literals, literal: number): Uint8Array =>
  literals.bytes.subarray(literalStart(literals, literal), at(literals.end, literal));

/** When they have been rendered. */
export function releaseLiterals({ node, end, bytes }: Literals): void {
  for (const column of [node, end, bytes]) releaseMemory(column);
}

/** A head that no reader of ours would take in. */
export const outgrown = (why: string) => dicomFault('DicomHeadTooLarge', why, { offset: 0 });

function growColumns(literals: Literals): void {
  const capacity = largerSize(literals.node.length, 4);
  const node = new Int32Array(capacity);
  const end = new Uint32Array(capacity);
  node.set(literals.node);
  end.set(literals.end);
  releaseMemory(literals.node);
  releaseMemory(literals.end);
  Object.assign(literals, { node, end, isCleaned: grown(literals.isCleaned, capacity) });
}

function grown(bytes: Uint8Array<ArrayBuffer>, capacity: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(capacity);
  larger.set(bytes);
  releaseMemory(bytes);
  return larger;
}
