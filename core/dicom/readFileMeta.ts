import type { ByteSource } from './byteSource.ts';
import { dicomFault } from './dicomFault.ts';
import { at } from './elementIndex.ts';
import { lookUpVr } from './lookUpVr.ts';
import { findElement, readText } from './readText.ts';
import { scanElements } from './scanElements.ts';
import { explicitLittleEndian, implicitLittleEndian } from './transferSyntax.ts';
import { explicitHeaderBytes } from './vr.ts';

/** What precedes the data set: 128 free bytes, `DICM` and group 0002 (PS3.10 §7.1). */
export interface FileMeta {
  /** Offset of the first byte after group 0002. */
  end: number;
  transferSyntax: string;
  /** Where it is said, or would have been. */
  transferSyntaxOffset: number;
  sopClass: string | undefined;
  sopInstance: string | undefined;
  /** Magic numbers of other file formats at byte 0. */
  isPreambleExecutable: boolean;
}

/**
 * Reads the file meta group by walking its elements: its group length is often wrong or absent. A file without preamble
 * or without transfer syntax is taken when its first bytes allow one reading only.
 * @throws DomainError with a code of dicomFaults
 */
export async function readFileMeta(source: ByteSource): Promise<FileMeta> {
  await source.reach(132);
  const start = metaStart(source);
  const scan = scanElements({ start, explicit: true, bigEndian: false, part: 'meta' });
  while (scan.advance(source) === 'more') {
    if (await source.more()) continue;
    scan.finish(source.available);
    break;
  }
  const text = (tag: number) => readText(source.bytes, scan.index, tag);
  await source.reach(scan.position + 8);
  const syntax = findElement(scan.index, 0x00020010);
  return {
    end: scan.position,
    transferSyntax: text(0x00020010) ?? guessTransferSyntax(source, scan.position),
    transferSyntaxOffset: syntax === undefined ? scan.position : at(scan.index.start, syntax),
    sopClass: text(0x00020002),
    sopInstance: text(0x00020003),
    isPreambleExecutable: start === 132 && hasExecutableMagic(source.view),
  };
}

const dicm = 0x4449434d;

function metaStart({ view, available }: ByteSource): number {
  if (available >= 132 && view.getUint32(128) === dicm) return 132;
  if (available < 8) throw dicomFault('NotDicom', `there are ${available} bytes only`, { offset: 0 });
  const group = view.getUint16(0, true);
  const hasVr = explicitHeaderBytes(view.getUint16(4)) > 0;
  if (group === 0x0002 && hasVr) return 0;
  if (group === 0x0008 && (hasVr || isImplicitStart(view, 0))) return 0;
  throw dicomFault('NotDicom', 'it has no DICM mark and does not start with a data set', { offset: 0 });
}

function isImplicitStart(view: DataView, offset: number): boolean {
  const tag = ((view.getUint16(offset, true) << 16) | view.getUint16(offset + 2, true)) >>> 0;
  const isPlausible = view.getUint32(offset + 4, true) <= 0xffff;
  return isPlausible && (lookUpVr(tag) !== undefined || (tag & 0xffff) === 0);
}

function guessTransferSyntax({ view, available }: ByteSource, offset: number): string {
  if (offset + 8 <= available && view.getUint16(offset, true) === 0x0008) {
    if (explicitHeaderBytes(view.getUint16(offset + 4)) > 0) return explicitLittleEndian;
    if (isImplicitStart(view, offset)) return implicitLittleEndian;
  }
  throw dicomFault('DicomTransferSyntaxMissing', 'there is no transfer syntax', { offset, tag: 0x00020010 });
}

/** PE and DOS, ELF, Mach-O (both orders, fat), script, ZIP, PDF: CVE-2019-11687. TIFF is legitimate in microscopy. */
const magics = [0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0x504b0304, 0x25504446];

function hasExecutableMagic(view: DataView): boolean {
  const pair = view.getUint16(0);
  return pair === 0x4d5a || pair === 0x2321 || magics.includes(view.getUint32(0));
}
