import { open } from 'node:fs/promises';
import dicomParser, { type DataSet } from 'dicom-parser';

/** The header of a slice ends within the first of these; what is longer than the last stays unread, being optional. */
const HEADER_BYTES = [256 * 1024, 4 * 1024 * 1024];
/** PS3.10 §7.1: after 128 bytes of preamble. */
const PREFIX = { text: 'DICM', at: 128 };

/** Everything before the pixel data; undefined for what is not DICOM. */
export async function readDicomHeader(path: string): Promise<DataSet | undefined> {
  const file = await open(path);
  try {
    for (const length of HEADER_BYTES) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(length), position: 0 });
      if (buffer.toString('latin1', PREFIX.at, PREFIX.at + PREFIX.text.length) !== PREFIX.text) return undefined;
      const header = parse(buffer.subarray(0, bytesRead));
      if (header !== undefined || bytesRead < length) return header;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function parse(bytes: Buffer): DataSet | undefined {
  try {
    return dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  } catch {
    // a file that cannot be read adds no metadata, in XNAT as here
    return undefined;
  }
}
