import { compareArchive } from '../../submission/checking/compareArchive.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { OnConflict } from '../../submission/contracts/Submission.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { claimOnce, hashName, ScanClaim } from '../claims.ts';
import { requireOwnLabels } from '../ownSession.ts';
import { keptArchive, type Turn } from '../turns/takeTurn.ts';
import { claimSession } from './claimSession.ts';
import { ensurePlace } from './ensurePlace.ts';
import { requireAddable } from './requireAddable.ts';
import { sendPacks } from './sendPacks.ts';

type PushPorts = Pick<Ports, 'work' | 'clean' | 'archive' | 'registers' | 'clock'>;

export interface Push {
  submission: string;
  delivery: Delivery;
  /** What the site asked for, where something stands already. */
  onConflict: OnConflict;
  turn: Turn;
  /** Files of others that came since the claim are left there: Confirm holds the submission for them. */
  leavesOthers?: boolean;
}

/**
 * Brings one scan into XNAT. Looks before it writes: what is there already is not sent again, so an interrupted push
 * goes on where it stopped; and into a session that stood before, nothing is put unless that was asked for.
 * @throws DomainError LabelTaken, StudyElsewhere, SessionExists, ScanTaken, XnatConflict, XnatBusy, and what the archive
 *   throws
 */
export async function pushDelivery(ports: PushPorts, push: Push): Promise<void> {
  const { work } = ports;
  const { submission, delivery, turn } = push;
  const session = await claimSession(ports, push);
  // before the claim: what it finds by labels of another session is none of ours
  await requireOwnLabels(ports, submission, delivery);
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
  if (strangers > 0 && push.leavesOthers !== true) {
    throw new DomainError(
      'ScanTaken',
      `Cannot push ${delivery.delivery}: somebody else put ${strangers} files into it`,
    );
  }
  // all of it stood before, byte by byte
  if (claim.names.length === 0) return;
  await ensurePlace(ports, submission, delivery);
  await sendPacks(ports, delivery, { files, turn });
}
