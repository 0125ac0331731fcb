/** CRC-32C (Castagnoli), reflected. node:zlib has CRC-32 only. */
const CRC32C_POLYNOMIAL = 0x82f63b78;
/** CRC-64/NVME, reflected, in two halves: JavaScript's integer operations have 32 bits. */
const CRC64_POLYNOMIAL_HIGH = 0x9a6c9329;
const CRC64_POLYNOMIAL_LOW = 0xac4bc9b5;

/** Running checksum over chunks; `digest` answers the big-endian bytes that S3 writes in base64. */
export interface RunningCrc {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

export function crc32c(): RunningCrc {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
    return value >>> 0;
  });
  let crc = 0xffffffff;
  return {
    update(chunk) {
      for (const byte of chunk) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
      return bytes;
    },
  };
}

export function crc64nvme(): RunningCrc {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let upper = 0;
    let lower = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = lower & 1;
      lower = ((lower >>> 1) | ((upper & 1) << 31)) ^ (carry ? CRC64_POLYNOMIAL_LOW : 0);
      upper = (upper >>> 1) ^ (carry ? CRC64_POLYNOMIAL_HIGH : 0);
    }
    high[byte] = upper;
    low[byte] = lower;
  }
  let crcHigh = 0xffffffff;
  let crcLow = 0xffffffff;
  return {
    update(chunk) {
      for (const byte of chunk) {
        const index = (crcLow ^ byte) & 0xff;
        crcLow = ((crcLow >>> 8) | (crcHigh << 24)) ^ (low[index] ?? 0);
        crcHigh = (crcHigh >>> 8) ^ (high[index] ?? 0);
      }
    },
    digest() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE((crcHigh ^ 0xffffffff) >>> 0);
      bytes.writeUInt32BE((crcLow ^ 0xffffffff) >>> 0, 4);
      return bytes;
    },
  };
}
