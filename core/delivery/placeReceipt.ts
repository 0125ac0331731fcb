import type { Receipt } from '../audit/Receipt.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { recordName } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import { placeRecord } from './placeRecord.ts';
import { takeTurn } from './takeTurn.ts';

type PlacePorts = Pick<Ports, 'archive' | 'registers' | 'clock' | 'codecs'>;

interface Sealed {
  receipt: Receipt;
  /** The signed document, as AUDIT holds it. */
  document: Uint8Array;
  policy: ProjectPolicy;
}

/**
 * Puts the signed receipt beside the data it is about: into the resource AIRLOCK of each session, under the id of its
 * submission, and reads it back. Safe to repeat: what an XNAT that died kept of it is written anew, and nothing else is
 * ever replaced.
 * @throws DomainError ArchiveMismatch, XnatPaused, XnatBusy, XnatUnavailable, XnatRefused, XnatConflict
 */
export async function placeReceipt(ports: PlacePorts, { receipt, document, policy }: Sealed): Promise<void> {
  const name = recordName(receipt.submission);
  for (const { uri, session } of receipt.sessions) {
    const wanted = { policy, session, submission: receipt.submission };
    await takeTurn(ports, wanted, () => placeRecord(ports, { uri, name, document }));
  }
}
