import { type FileHandle, open } from 'node:fs/promises';

/** Preamble, prefix and the length of group 2 (PS3.10 §7.1): UL, explicit VR little endian. */
const LEAD_BYTES = 128 + 4 + 12;
/** File Meta Information is a few hundred bytes. */
const META_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** XNAT's own, by dcm4che. */
const WRITER_UID = '1.2.40.0.13.1.1.1';
const WRITER_NAME = 'dcm4che-2.0';

/**
 * The file as XNAT's importer writes it again: the data set as it is, the File Meta Information with its own
 * implementation and an empty preamble. Hence its digest is not the one of what was sent. A UID may be replaced by
 * another of its length.
 */
export async function* reencodeFile(path: string, uid: { from: string; to: string }): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(META_BYTES), position: 0 });
    const metaEnd = LEAD_BYTES + buffer.readUInt32LE(LEAD_BYTES - 4);
    if (metaEnd > bytesRead) return yield* rest(file, 0);
    const kept = metaElements(buffer.subarray(LEAD_BYTES, metaEnd)).filter(({ element }) => element < 0x0012);
    const own = [encoded(0x0012, 'UI', WRITER_UID), encoded(0x0013, 'SH', WRITER_NAME)];
    const meta = Buffer.concat([...kept.map(({ bytes }) => bytes), ...own]);
    const lead = Buffer.alloc(LEAD_BYTES);
    lead.write('DICM', 128, 'latin1');
    buffer.copy(lead, 132, 132, 140);
    lead.writeUInt32LE(meta.length, LEAD_BYTES - 4);
    yield replace(Buffer.concat([lead, meta]), uid);
    // of the data set, its beginning has the header
    let isHeader = true;
    for await (const chunk of rest(file, metaEnd)) {
      yield isHeader ? replace(chunk, uid) : chunk;
      isHeader = false;
    }
  } finally {
    await file.close();
  }
}

function replace(bytes: Buffer, { from, to }: { from: string; to: string }): Buffer {
  if (from === to) return bytes;
  for (let at = bytes.indexOf(from, 0, 'latin1'); at !== -1; at = bytes.indexOf(from, at + 1, 'latin1')) {
    bytes.write(to, at, 'latin1');
  }
  return bytes;
}

async function* rest(file: FileHandle, start: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = start; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function metaElements(meta: Buffer): { element: number; bytes: Buffer }[] {
  const found: { element: number; bytes: Buffer }[] = [];
  for (let at = 0; at + 8 <= meta.length; ) {
    // PS3.5 §7.1.2: OB and UN have a length of 32 bits behind two reserved bytes
    const isLong = ['OB', 'UN'].includes(meta.toString('latin1', at + 4, at + 6));
    if (isLong && at + 12 > meta.length) break;
    const end = isLong ? at + 12 + meta.readUInt32LE(at + 8) : at + 8 + meta.readUInt16LE(at + 6);
    found.push({ element: meta.readUInt16LE(at + 2), bytes: meta.subarray(at, end) });
    at = end;
  }
  return found;
}

function encoded(element: number, vr: string, value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`;
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0x0002, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(padded.length, 6);
  return Buffer.concat([header, Buffer.from(padded, 'latin1')]);
}
