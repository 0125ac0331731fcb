import type { Receipt } from '../audit/Receipt.ts';
import { writePack } from '../pack/writePack.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { DomainError } from '../submission/DomainError.ts';
import { recordName } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
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
  const md5 = md5Of(ports.codecs, document);
  const isBeginning = (stored: { sizeBytes: number; md5: string }) =>
    stored.sizeBytes < document.length && stored.md5 === md5Of(ports.codecs, document.subarray(0, stored.sizeBytes));
  for (const { uri, session } of receipt.sessions) {
    await takeTurn(ports, { policy, session, submission: receipt.submission }, async () => {
      const { archive, codecs } = ports;
      const standing = await archive.findRecord(uri, name);
      if (standing === undefined || isBeginning(standing)) {
        await archive.putRecord(uri, writePack(only(name, document), codecs));
      }
      const stored = await archive.findRecord(uri, name);
      if (stored?.md5 === md5) return;
      throw new DomainError('ArchiveMismatch', 'Cannot seal the submission: its receipt in XNAT is another one');
    });
  }
}

async function* only(name: string, bytes: Uint8Array) {
  yield { name, body: once(bytes) };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

function md5Of(codecs: Ports['codecs'], bytes: Uint8Array): string {
  const hasher = codecs.md5();
  hasher.update(bytes);
  return hasher.hex();
}
