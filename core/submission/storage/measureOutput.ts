import { pixelDigest } from '../../dicom/pixelDigest.ts';
import type { Bytes, Codecs } from '../ports.ts';
import { byteChannel } from './byteChannel.ts';

interface OutputMeasure {
  sizeBytes: number;
  sha256: string;
  md5: string;
  /** Of the pixel data in what was emitted; undefined without pixels. */
  pixelSha256: string | undefined;
}

/**
 * Digests of a de-identified file while it is written, and a second, independent reading of it: what cannot be read
 * back as DICOM fails `finish`, whatever the splicer believed.
 */
export function measureOutput(output: Bytes, codecs: Codecs): { body: Bytes; finish(): Promise<OutputMeasure> } {
  const sha256 = codecs.sha256();
  const md5 = codecs.md5();
  const reader = byteChannel();
  const pixels = pixelDigest(reader.body, codecs).finally(reader.close);
  // a failed reading is told by finish; it must not end the process before
  pixels.catch(() => undefined);
  let sizeBytes = 0;
  const body = async function* () {
    try {
      for await (const chunk of output) {
        sizeBytes += chunk.length;
        sha256.update(chunk);
        md5.update(chunk);
        await reader.push(chunk);
        yield chunk;
      }
    } finally {
      reader.close();
    }
  };
  return {
    body: body(),
    finish: async () => ({ sizeBytes, sha256: sha256.hex(), md5: md5.hex(), pixelSha256: await pixels }),
  };
}
