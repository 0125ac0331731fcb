import type { Bytes, Codecs } from '../submission/ports.ts';
import { readDicom } from './readDicom.ts';

/**
 * SHA-256 (hex) of the value of Pixel Data as it lies in a file; undefined without pixels. Reads the whole file.
 * @throws DomainError NotDicom, DicomMalformed, DicomTruncated, DicomLimitExceeded
 */
export async function pixelDigest(body: Bytes, codecs: Codecs): Promise<string | undefined> {
  const file = await readDicom(body, codecs);
  if (file.pixels === undefined) {
    await file.tail();
    return undefined;
  }
  const hasher = codecs.sha256();
  for await (const chunk of file.pixels) hasher.update(chunk);
  await file.tail();
  return hasher.hex();
}
