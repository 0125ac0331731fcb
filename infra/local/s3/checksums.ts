import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme, type RunningCrc } from './crcTables.ts';

const hash = (algorithm: string) => (): RunningCrc => createHash(algorithm);

/** The algorithms of `x-amz-checksum-*`, by their name in S3's API. */
const digesters = {
  CRC32: crc32Running,
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: hash('sha1'),
  SHA256: hash('sha256'),
} as const;
export type ChecksumAlgorithm = keyof typeof digesters;

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The element of a request or answer in XML that holds a checksum of this algorithm. */
export const checksumElement = (algorithm: ChecksumAlgorithm) => `Checksum${algorithm}`;

export function startDigest(algorithm: ChecksumAlgorithm | 'MD5'): RunningCrc {
  return algorithm === 'MD5' ? createHash('md5') : digesters[algorithm]();
}

export function parseAlgorithm(name: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());
}

/** S3's COMPOSITE checksum: the digest over the parts' digests, in base64, with the number of parts. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: string[]): string {
  const digest = startDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return `${digest.digest().toString('base64')}-${parts.length}`;
}

function crc32Running(): RunningCrc {
  let crc = 0;
  return {
    update(chunk) {
      crc = crc32(chunk, crc);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes;
    },
  };
}
