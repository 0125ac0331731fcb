import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildReceipt } from '../../../core/audit/buildReceipt.ts';
import type { Receipt } from '../../../core/audit/Receipt.ts';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import { verifyReceipt } from '../../../core/audit/verifyReceipt.ts';
import { reviewFiles } from '../../../core/submission/review/reviewFiles.ts';
import { ctFact, demoPolicy, digest } from '../../fixtures/submissions.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const trustedKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const verifySignature = (key: string, bytes: Uint8Array, signature: string) =>
  verify(
    null,
    bytes,
    { key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' },
    Buffer.from(signature, 'base64'),
  );

function receipt(): Receipt {
  const facts = [ctFact(0), { file: 1, sizeBytes: 4, sha256: digest('c'), disposition: 'refuse' as const }];
  const findings = [
    { code: 'NotDicom', file: 1, severity: 'error' as const, disposition: 'refuse' as const, message: 'x' },
  ];
  const clean = {
    outcome: 'clean' as const,
    file: 0,
    arrivalSha256: facts[0]?.sha256 ?? '',
    scan: 'r0001',
    pack: 'k',
    name: '2.25.90.dcm',
  };
  return buildReceipt({
    header: {
      ...{ v: 1, submission: 'sub_01JD0000000000000000000000', attempt: 1, site: 'demo', project: 'DEMO' },
      issuedAt: '2026-01-02T03:04:05.000Z',
      manifest: { sha256: digest('d'), sizeBytes: 100, files: 2, bytes: 1004 },
      policy: { sha256: digest('e'), profile: 'PS3.15' },
      chain: { seq: 4, hash: digest('f') },
    },
    facts,
    evidence: [
      {
        ...clean,
        sizeBytes: 990,
        sha256: digest('1'),
        md5: '2'.repeat(32),
        instance: '2.25.90',
        actions: {},
        pixelSha256: digest('a'),
      },
      { outcome: 'refused', file: 1, code: 'NotDicom' },
    ],
    review: reviewFiles({ facts, findings }, demoPolicy, {}),
    confirmation: {
      sessions: [
        {
          ...{ id: 's001', uri: '/data/experiments/XNAT_E00001' },
          made: { subject: true, session: true, scans: ['1'] },
        },
      ],
      files: [{ file: 0, uri: '/u', sizeBytes: 990, md5: '2'.repeat(32) }],
    },
  });
}

const signed = (of: Receipt) => ({
  receipt: of,
  signature: {
    algorithm: 'Ed25519' as const,
    publicKey: trustedKey,
    value: sign(null, receiptBytes(of), privateKey).toString('base64'),
  },
});

describe('a receipt', () => {
  test('says archived of what XNAT listed alone', () => {
    const { totals, files } = receipt();
    expect(totals).toEqual({ announced: 2, archived: 1, held: 0, refused: 1, duplicate: 0 });
    expect(files).toEqual([
      expect.objectContaining({
        file: 0,
        outcome: 'archived',
        archived: expect.objectContaining({ uri: '/u', sha256: digest('1') }),
      }),
      expect.objectContaining({ file: 1, outcome: 'refused', code: 'NotDicom' }),
    ]);
  });

  test('verifies with the trusted key', async () => {
    await expect(verifyReceipt(signed(receipt()), trustedKey, verifySignature)).resolves.toBeUndefined();
  });

  test.each([
    { alter: (of: Receipt) => ({ ...of, project: 'OTHER' }), why: 'a field changed' },
    { alter: (of: Receipt) => ({ ...of, files: of.files.slice(1) }), why: 'a file was cut off' },
  ])('does not verify when $why after signing', async ({ alter }) => {
    const genuine = signed(receipt());
    const forged = { ...genuine, receipt: alter(genuine.receipt) };
    await expect(verifyReceipt(forged, trustedKey, verifySignature)).rejects.toThrow(
      expect.objectContaining({ name: 'ReceiptInvalid' }),
    );
  });

  test.each([
    { alter: (of: Receipt) => ({ ...of, totals: { ...of.totals, archived: 2 } }), why: 'its totals lie' },
    { alter: (of: Receipt) => ({ ...of, files: of.files.slice(0, 1) }), why: 'a file is left out' },
  ])('does not verify when $why, even well signed', async ({ alter }) => {
    await expect(verifyReceipt(signed(alter(receipt())), trustedKey, verifySignature)).rejects.toThrow(
      expect.objectContaining({ name: 'ReceiptInvalid' }),
    );
  });

  test('does not verify with a key that it brought along itself', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await expect(verifyReceipt(signed(receipt()), other, verifySignature)).rejects.toThrow(
      expect.objectContaining({ name: 'ReceiptInvalid' }),
    );
  });
});
