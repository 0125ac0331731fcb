import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { compareEvidence } from '../../core/submission/checking/compareEvidence.ts';
import { planDeliveries } from '../../core/submission/checking/planDeliveries.ts';
import { tellFields } from '../../core/submission/checking/tellFields.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import {
  BatchItem,
  CleanPack,
  type DeliveryItem,
  Evidence,
  Fact,
  Nothing,
  Review,
  StepInput,
} from '../../core/submission/contracts/steps.ts';
import { requireAppliedPolicy } from '../../core/submission/planning/requireAppliedPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { readDocument, readLines, writeDocument, writeLines } from '../../core/submission/storage/documents.ts';
import { readBatchLines } from '../../core/submission/storage/readBatchLines.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type CheckPorts = Pick<Ports, 'ledger' | 'work' | 'clean' | 'clock' | 'policies'>;

/**
 * Proves that every announced file has exactly one outcome, that pixels are equal before and after, and that S3 still
 * holds the clean packs that were written. Then plans the deliveries.
 * @throws DomainError BatchIncomplete, IntegrityMismatch, ResidualIdentifier when nothing clean is left
 */
export const checkIntegrity = (ports: CheckPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission } = input;
  const current = await requireAttempt(ledger, input);
  await advance(ports, input, { type: 'files.anonymized', to: 'checking' });
  const facts = await readBatchLines(work, submission, { key: workKeys.facts, schema: Fact });
  const evidence = await readBatchLines(work, submission, { key: workKeys.evidence, schema: Evidence });
  const review = await readDocument(work, workKeys.review(submission), Review);
  compareEvidence({ facts, evidence, review, files: current.manifest?.files ?? 0 });

  const packs = await attestedPacks(ports, submission);
  const { xnatProject, fields: told } = requireAppliedPolicy(policies, current);
  const fields = tellFields(told, current);
  const deliveries = planDeliveries({ review, evidence, packs, xnatProject, fields });
  if (deliveries.length === 0) {
    throw new DomainError('ResidualIdentifier', 'Cannot deliver the submission: no file could be proven clean');
  }
  for (const delivery of deliveries)
    await writeDocument(work, workKeys.delivery(submission, delivery.delivery), delivery);
  const items = deliveries.map(
    ({ delivery, files }): DeliveryItem => ({
      delivery,
      files: files.length,
      bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    }),
  );
  await writeLines(work, workKeys.deliveries(submission), items);
  const counts = { deliveries: items.length, files: items.reduce((sum, { files }) => sum + files, 0) };
  await advance(ports, input, { type: 'integrity.checked', to: 'pushing', counts });
  return {};
};

/** The packs of all batches, each compared with what S3 says it holds now. */
async function attestedPacks({ work, clean }: CheckPorts, submission: string): Promise<CleanPack[]> {
  const packs: CleanPack[] = [];
  for (const { batch } of await readLines(work, workKeys.batches(submission), BatchItem)) {
    for (const pack of await readLines(work, workKeys.packs(submission, batch), CleanPack)) {
      const head = await clean.head(pack.key);
      if (head?.checksumSha256 !== pack.checksumSha256 || head.sizeBytes !== pack.sizeBytes) {
        throw new DomainError('IntegrityMismatch', `Cannot prove clean pack ${pack.key}: S3 holds something else`);
      }
      packs.push(pack);
    }
  }
  return packs;
}

export const handler = stepHandler({ input: StepInput, output: Nothing }, checkIntegrity);
