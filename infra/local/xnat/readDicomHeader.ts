import { createReadStream } from 'node:fs';
import dicomParser, { type DataSet } from 'dicom-parser';

/** The header of a slice ends long before; what is longer stays unread, as its metadata is optional. */
const HEADER_BYTES = 4 * 1024 * 1024;

/** Everything before the pixel data; undefined for what is not DICOM. */
export async function readDicomHeader(path: string): Promise<DataSet | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: HEADER_BYTES - 1 })) chunks.push(chunk);
  try {
    return dicomParser.parseDicom(Buffer.concat(chunks), { untilTag: 'x7fe00010' });
  } catch {
    // a file that cannot be read adds no metadata, in XNAT as here
    return undefined;
  }
}
