import { createHash, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import type { Receipt, ReceiptFile, SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { ManifestLine } from '../../core/submission/contracts/Manifest.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';

/** What becomes of a file. */
export type OutcomeOf = (line: ManifestLine, file: number) => { outcome: ReceiptFile['outcome']; code?: string };

interface Sealing {
  submission: Submission;
  lines: ManifestLine[];
  /** By number in the manifest. */
  arrived: ReadonlyMap<number, Uint8Array>;
  /** All are archived when absent. */
  outcome: OutcomeOf | undefined;
  keys: KeyPairKeyObjectResult;
}

/** A signed receipt of what arrived, as if XNAT held the files as they came. */
export function sealReceipt(sealing: Sealing): SignedReceipt {
  const { submission, keys } = sealing;
  if (submission.manifest === undefined) throw new DomainError('ManifestMissing', 'Cannot seal: no manifest');
  const files = receiptFiles(sealing);
  const receipt: Receipt = {
    v: 1,
    submission: submission.id,
    attempt: 1,
    site: submission.site,
    project: submission.project,
    issuedAt: submission.updatedAt,
    manifest: submission.manifest,
    policy: { sha256: '0'.repeat(64), profile: 'PS3.15 2026c' },
    sessions: [{ subject: 'S1', session: 'E1', uri: '/data/experiments/E1' }],
    totals: { announced: files.length, ...totalsOf(files) },
    files,
    chain: submission.chain,
  };
  const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const value = sign(null, receiptBytes(receipt), keys.privateKey).toString('base64');
  return { receipt, signature: { algorithm: 'Ed25519', publicKey, value } };
}

const receiptFiles = ({ submission, lines, arrived, outcome: outcomeOf }: Sealing): ReceiptFile[] =>
  lines.map((line, file) => {
    const { outcome, code } = outcomeOf?.(line, file) ?? { outcome: 'archived' };
    const base = { file, sha256: line.sha256, sizeBytes: line.size, outcome, ...(code && { code }) };
    if (outcome !== 'archived') return base;
    const bytes = arrived.get(file) ?? new Uint8Array(0);
    const md5 = createHash('md5').update(bytes).digest('hex');
    const uri = `/data/experiments/E1/scans/1/resources/DICOM/files/${submission.id}-${file}.dcm`;
    return { ...base, archived: { uri, sizeBytes: bytes.length, sha256: line.sha256, md5 } };
  });

const totalsOf = (files: readonly ReceiptFile[]) => {
  const count = (outcome: ReceiptFile['outcome']) => files.filter((file) => file.outcome === outcome).length;
  return { archived: count('archived'), held: count('held'), refused: count('refused'), duplicate: count('duplicate') };
};
