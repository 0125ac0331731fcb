/**
 * The records of a ZIP as bytes (PKWARE APPNOTE 6.3.10 §4.3). Names are UTF-8, the date is always 1980-01-01, so equal
 * content makes equal bytes; a Zip64 field stands only where its value does not fit 32 bits.
 */
export const zipSignatures = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
  end: 0x06054b50,
} as const;

export const zipMethods = { store: 0, deflate: 8 } as const;
export const localHeaderBytes = 30;
export const centralHeaderBytes = 46;
export const endRecordBytes = 22;

/** One entry of a ZIP that is being written. */
export interface ZipMember {
  name: Uint8Array;
  method: keyof typeof zipMethods;
  crc32: number;
  storedBytes: number;
  sizeBytes: number;
  /** Of the local header. */
  offset: number;
  /** Sizes and CRC follow the data, because they are not known before (general purpose bit 3). */
  described: boolean;
}

const all16 = 0xffff;
const all32 = 0xffffffff;
const utf8Flag = 1 << 11;
const describedFlag = 1 << 3;
/** 1 January 1980 in MS-DOS format: the earliest there is. */
const fixedDate = 0x0021;
const madeByUnix = 3 << 8;
const regularFile = 0o100644 << 16;

type Field = readonly [width: 2 | 4 | 8, value: number];

export function localHeader(member: ZipMember): Uint8Array {
  const { described, name } = member;
  const wide = !described && isWide(member);
  const extra = wide ? zip64Extra([member.sizeBytes, member.storedBytes]) : none;
  const header: Field[] = [
    [4, zipSignatures.local],
    ...versionToMethod(member, wide),
    [4, described ? 0 : member.crc32],
    [4, described ? 0 : wide ? all32 : member.storedBytes],
    [4, described ? 0 : wide ? all32 : member.sizeBytes],
    [2, name.length],
    [2, extra.length],
  ];
  return record(header, name, extra);
}

/**
 * What follows the data of a described member. Readers of a stream tell the width of the sizes by what they counted
 * themselves: 8 bytes each from 4 GiB on, without a Zip64 field in the local header.
 */
export function dataDescriptor(member: ZipMember): Uint8Array {
  const width = isWide(member) ? 8 : 4;
  return record([
    [4, zipSignatures.descriptor],
    [4, member.crc32],
    [width, member.storedBytes],
    [width, member.sizeBytes],
  ]);
}

export function centralHeader(member: ZipMember): Uint8Array {
  const { name, sizeBytes, storedBytes, offset } = member;
  const wideValues = [sizeBytes, storedBytes, offset].filter((value) => value >= all32);
  const extra = wideValues.length > 0 ? zip64Extra(wideValues) : none;
  const header: Field[] = [
    [4, zipSignatures.central],
    [2, madeByUnix | 20],
    ...versionToMethod(member, wideValues.length > 0),
    [4, member.crc32],
    [4, Math.min(storedBytes, all32)],
    [4, Math.min(sizeBytes, all32)],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, regularFile >>> 0],
    [4, Math.min(offset, all32)],
  ];
  return record(header, name, extra);
}

/** The records behind the central directory. */
export function endRecords(directory: { entries: number; offset: number; sizeBytes: number }): Uint8Array {
  const { entries, offset, sizeBytes } = directory;
  const end = record([
    [4, zipSignatures.end],
    [4, 0],
    [2, Math.min(entries, all16)],
    [2, Math.min(entries, all16)],
    [4, Math.min(sizeBytes, all32)],
    [4, Math.min(offset, all32)],
    [2, 0],
  ]);
  const wide = entries >= all16 || sizeBytes >= all32 || offset >= all32;
  if (!wide) return end;
  const zip64End: Field[] = [
    [4, zipSignatures.zip64End],
    [8, 44],
    [2, madeByUnix | 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, entries],
    [8, entries],
    [8, sizeBytes],
    [8, offset],
  ];
  const locator: Field[] = [
    [4, zipSignatures.zip64Locator],
    [4, 0],
    [8, offset + sizeBytes],
    [4, 1],
  ];
  return record(zip64End, record(locator), end);
}

const none = new Uint8Array(0);

const isWide = ({ sizeBytes, storedBytes }: ZipMember) => sizeBytes >= all32 || storedBytes >= all32;

const versionToMethod = ({ described, method }: ZipMember, wide: boolean): Field[] => [
  [2, wide ? 45 : 20],
  [2, utf8Flag | (described ? describedFlag : 0)],
  [2, zipMethods[method]],
  [2, 0],
  [2, fixedDate],
];

function zip64Extra(values: number[]): Uint8Array {
  return record([[2, 0x0001], [2, values.length * 8], ...values.map((value): Field => [8, value])]);
}

function record(fields: readonly Field[], ...tails: Uint8Array[]): Uint8Array {
  const fixed = fields.reduce((sum, [width]) => sum + width, 0);
  const bytes = new Uint8Array(tails.reduce((sum, tail) => sum + tail.length, fixed));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    if (width === 4) view.setUint32(at, value, true);
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  for (const tail of tails) {
    bytes.set(tail, at);
    at += tail.length;
  }
  return bytes;
}
