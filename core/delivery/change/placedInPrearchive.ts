import { DomainError } from '../../submission/codes/DomainError.ts';
import { workKeys } from '../../submission/contracts/keys.ts';
import { Delivery, DeliveryItem } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readDocument, readLines } from '../../submission/storage/documents.ts';
import type { PlacedSession } from './planWithdrawal.ts';

/**
 * What an interrupted delivery left in XNAT's prearchive: sessions of which every file is its own. XNAT removes them as
 * a whole, so one that others have put files into is left for a person; and it removes none that it works on, as when a
 * curator archives it at this moment: that is waited for.
 * @throws DomainError XnatBusy, RemovalIncomplete, XnatUnavailable, XnatRefused
 */
export async function placedInPrearchive(
  { work, archive }: Pick<Ports, 'work' | 'archive'>,
  submission: string,
): Promise<PlacedSession[]> {
  if ((await work.head(workKeys.deliveries(submission))) === undefined) return [];
  const found = new Map<string, PlacedSession>();
  const own = new Set<string>();
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    if ((await work.head(workKeys.claim(submission, id))) === undefined) continue;
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    for (const { name } of delivery.files) own.add(name);
    const { xnatProject, session } = delivery;
    for (const { uri, scans, state } of await archive.listPrearchived(delivery)) {
      if (state === 'busy') {
        throw new DomainError('XnatBusy', 'Cannot withdraw now: XNAT is working on a session in its prearchive');
      }
      found.set(uri, {
        ...{ xnatProject, uri, subject: session.subject, session: session.session },
        ...{ made: { subject: false, session: true, scans: [] }, subjects: [], fields: {} },
        scans: scans.map(({ scan, names }) => ({
          uri: `${uri}/scans/${scan}`,
          files: names.map((name) => `${uri}/scans/${scan}/resources/DICOM/files/${name}`),
        })),
      });
    }
  }
  const placed = [...found.values()];
  const nameOf = (file: string) => file.slice(file.lastIndexOf('/') + 1);
  const strange = placed.flatMap(({ scans }) =>
    scans.flatMap(({ files }) => files.filter((file) => !own.has(nameOf(file)))),
  );
  if (strange.length > 0) {
    throw new DomainError(
      'RemovalIncomplete',
      `Cannot withdraw: ${strange.length} files of others lie in its prearchive session`,
    );
  }
  return placed;
}
