import { compareArchive } from '../submission/compareArchive.ts';
import { DomainError } from '../submission/DomainError.ts';
import type { Ports } from '../submission/ports.ts';
import type { OnConflict } from '../submission/Submission.ts';
import type { Delivery } from '../submission/steps.ts';
import { claimSession } from './claimSession.ts';
import { claimOnce, hashName, ScanClaim, type SessionClaim } from './claims.ts';
import { sendPacks } from './sendPacks.ts';
import { keptArchive, type Turn } from './takeTurn.ts';

type PushPorts = Pick<Ports, 'work' | 'clean' | 'archive' | 'registers'>;

export interface Push {
  submission: string;
  delivery: Delivery;
  /** What the site asked for, where something stands already. */
  onConflict: OnConflict;
  turn: Turn;
}

/**
 * Brings one scan into XNAT. Looks before it writes: what is there already is not sent again, so an interrupted push
 * goes on where it stopped; and into a session that stood before, nothing is put unless that was asked for.
 * @throws DomainError LabelTaken, StudyElsewhere, SessionExists, ScanTaken, and what the archive throws
 */
export async function pushDelivery(ports: PushPorts, push: Push): Promise<void> {
  const { work } = ports;
  const { submission, delivery, turn } = push;
  const session = await claimSession(ports, push);
  const archive = keptArchive(ports.archive, turn);
  const found = await compareArchive(archive, delivery);
  const claim = await claimOnce(work, { submission, id: delivery.delivery, schema: ScanClaim }, async () => {
    requireAddable(push, session, found);
    return { names: found.absent.map(({ name }) => name), others: found.foreign.map(({ name }) => hashName(name)) };
  });
  const own = new Set(claim.names);
  const files = [...found.absent, ...found.different];
  const lost = files.filter(({ name }) => !own.has(name)).length;
  if (lost > 0) {
    throw new DomainError(
      'ScanTaken',
      `Cannot push ${delivery.delivery}: ${lost} files that stood before have changed`,
    );
  }
  const others = new Set(claim.others);
  const strangers = found.foreign.filter(({ name }) => !others.has(hashName(name))).length;
  if (strangers > 0) {
    throw new DomainError(
      'ScanTaken',
      `Cannot push ${delivery.delivery}: somebody else put ${strangers} files into it`,
    );
  }
  // all of it stood before, byte by byte
  if (claim.names.length === 0) return;
  await ports.archive.ensureScan(delivery);
  await sendPacks(ports, delivery, { files, turn });
}

/** @throws DomainError SessionExists, ScanTaken */
function requireAddable(
  { delivery: { delivery, scan }, onConflict }: Push,
  session: SessionClaim,
  { absent, different, foreign }: Awaited<ReturnType<typeof compareArchive>>,
): void {
  if (absent.length > 0 && session.scans.length > 0 && onConflict !== 'append') {
    throw new DomainError(
      'SessionExists',
      `Cannot push ${delivery}: ${session.standing} holds ${session.scans.length} scans and lacks ${absent.length} of these files, wanted nothing there or leave to append`,
    );
  }
  if (different.length > 0 || (foreign.length > 0 && onConflict !== 'append')) {
    throw new DomainError(
      'ScanTaken',
      `Cannot push ${delivery}: scan ${scan.id} stands with ${different.length} other files of these names and ${foreign.length} of other names`,
    );
  }
}
