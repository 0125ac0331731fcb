import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecsFromWeb, digestBytes } from '../../web/upload/codecsFromWeb.ts';
import { collect, streamOf } from '../core/pack/streams.ts';

const bytes = fc.uint8Array({ maxLength: 4096 });
const hexOf = (algorithm: string, body: Uint8Array) => createHash(algorithm).update(body).digest('hex');

describe('the codecs of a browser', () => {
  test('make the CRC-32 that zlib makes, in one step or in two', () => {
    fc.assert(
      fc.property(bytes, fc.nat(4096), (body, cut) => {
        const first = codecsFromWeb.crc32(body.subarray(0, cut));
        expect(codecsFromWeb.crc32(body.subarray(cut), first)).toBe(crc32(body));
      }),
    );
  });

  test('make the digests that OpenSSL makes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const [sha256, md5] = [codecsFromWeb.sha256(), codecsFromWeb.md5()];
        sha256.update(body);
        md5.update(body);
        expect([sha256.hex(), md5.hex()]).toEqual([hexOf('sha256', body), hexOf('md5', body)]);
        expect(await digestBytes(new Uint8Array(body))).toBe(hexOf('sha256', body));
      }),
    );
  });

  test('give back what they deflated', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const deflated = await collect(codecsFromWeb.deflateRaw(streamOf(body, 100)));
        expect(await collect(codecsFromWeb.inflateRaw(streamOf(deflated, 7)))).toEqual(new Uint8Array(body));
      }),
      { numRuns: 30 },
    );
  });

  test('refuse what is no deflated data', async () => {
    await expect(collect(codecsFromWeb.inflateRaw(streamOf(new Uint8Array([7, 7, 7, 7]), 4)))).rejects.toThrow();
  });
});
