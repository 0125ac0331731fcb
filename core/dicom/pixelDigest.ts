import type { Bytes, Codecs } from '../submission/ports.ts';
import { readDicom } from './readDicom.ts';

/**
 * SHA-256 (hex) of the value of Pixel Data as it lies in a file; undefined without pixels. Reads the file to its end.
 * @throws DomainError with a code of dicomFaults
 */
export async function pixelDigest(body: Bytes, codecs: Codecs): Promise<string | undefined> {
  const { pixels, tail } = await readDicom(body, codecs);
  const digest = pixels === undefined ? undefined : await digestOf(pixels, codecs);
  await tail();
  return digest;
}

async function digestOf(pixels: Bytes, codecs: Codecs): Promise<string> {
  const hasher = codecs.sha256();
  for await (const chunk of pixels) hasher.update(chunk);
  return hasher.hex();
}
