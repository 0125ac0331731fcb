import { hashBytes } from '../../audit/hashJson.ts';
import type { Receipt } from '../../audit/Receipt.ts';
import { receiptBytes } from '../../audit/receiptBytes.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { requireAttempt } from '../../submission/attempts/advance.ts';
import { recordName } from '../../submission/contracts/keys.ts';
import type { Ports } from '../../submission/ports.ts';
import { takeTurn } from '../turns/takeTurn.ts';
import { placeFields } from './placeFields.ts';
import { placeRecord } from './placeRecord.ts';

type PlacePorts = Pick<Ports, 'ledger' | 'archive' | 'registers' | 'clock' | 'codecs'>;

interface Sealed {
  receipt: Receipt;
  /** The signed document, as AUDIT holds it. */
  document: Uint8Array;
  policy: ProjectPolicy;
  /** That places it. */
  attempt: number;
}

/**
 * Puts the signed receipt beside the data it is about: into the resource AIRLOCK of each session, under the id of its
 * submission, and its digest into the fields that are to hold it, and reads both back. Safe to repeat: what an XNAT that
 * died kept of it is written anew, and nothing else is ever replaced.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict
 */
export async function placeReceipt(ports: PlacePorts, { receipt, document, policy, attempt }: Sealed): Promise<void> {
  const name = recordName(receipt.submission);
  const sha256 = hashBytes(receiptBytes(receipt));
  for (const { uri, session, fields = [] } of receipt.sessions) {
    const wanted = { policy, session, submission: receipt.submission };
    const told = fields.flatMap(({ name: field, value }) => (value === undefined ? [[field, sha256] as const] : []));
    await takeTurn(ports, wanted, async () => {
      await requireAttempt(ports.ledger, { submission: receipt.submission, attempt });
      await placeRecord(ports, { uri, name, document });
      // one that somebody has filled since it was signed for is left as it is
      if (told.length > 0) await placeFields(ports.archive, uri, Object.fromEntries(told));
    });
  }
}
