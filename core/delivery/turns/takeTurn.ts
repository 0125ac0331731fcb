import { limits } from '../../policy/limits.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Bytes, Ports } from '../../submission/ports.ts';
import { circuitOf } from './circuit.ts';
import { submissionLease } from './holdLease.ts';
import { type Lease, type Leases, leasesOf } from './leases.ts';
import { requireOpenGate } from './requireOpenGate.ts';

/** The time in which nobody else writes into one XNAT session. */
export interface Turn {
  /** Prolongs it when that is due: to be called before whatever takes long. @throws DomainError XnatBusy once it is lost */
  keep(): Promise<void>;
  /** The bytes as they are; the turn is kept while they flow, and they break off once it is lost. */
  keeping(body: Bytes): Bytes;
}

interface Wanted {
  policy: ProjectPolicy;
  /** Label of the XNAT session; it is unique in its project. None for what concerns all sessions of the submission. */
  session?: string;
  /** Another label that nobody may use meanwhile. */
  also?: string;
  /** Resources that other sessions write into as well: names of `sharedResource`. */
  shared?: readonly string[] | undefined;
  /** Who asks. A submission works on one session at a time, and its newer attempt takes over from an older one. */
  submission: string;
  /** Who asks in its name and does not take over: `withdrawalHolder`. */
  holder?: string;
}

/**
 * Does one piece of work at XNAT when it is its turn: the policy lets it, nobody else is at the session, one of the
 * few slots is free, and XNAT is not left in peace. What comes of the work is remembered for those who wait.
 * @throws DomainError XnatPaused, XnatBusy, XnatUnavailable and whatever the work throws
 */
export async function takeTurn<Result>(
  ports: Pick<Ports, 'registers' | 'clock'>,
  { policy, session, also, shared = [], submission, holder = submission }: Wanted,
  work: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  requireOpenGate(policy, ports.clock.now());
  const leases = leasesOf(ports);
  const circuit = circuitOf(ports, policy.delivery.restSeconds);
  const held: Lease[] = [];
  try {
    const labels = new Set([session, also].filter((label) => label !== undefined));
    const sessions = [...labels].map((label) => `session/${policy.xnatProject}/${label}`);
    for (const name of [submissionLease(submission), ...sessions, ...shared]) {
      held.push(await requireLease(leases, holder, [name]));
    }
    held.push(await requireLease(leases, holder, slots));
    await circuit.enter();
    const result = await work(turnOf(ports, leases, held)).catch(async (error: unknown) => {
      if (DomainError.is(error) && error.name === 'XnatUnavailable') await circuit.failed(error);
      throw error;
    });
    await circuit.succeeded();
    return result;
  } finally {
    for (const lease of held) await leases.release(lease);
  }
}

const slots = Array.from({ length: limits.archiveWriters }, (_, index) => `slot/${index + 1}`);

/** The first of these that is free. */
async function requireLease(leases: Leases, holder: string, names: readonly string[]): Promise<Lease> {
  for (const name of names) {
    const lease = await leases.acquire({ name, holder, ttlSeconds: limits.leaseSeconds });
    if (lease !== undefined) return lease;
  }
  throw new DomainError('XnatBusy', `Cannot deliver now: ${names.length} of ${names.length} turns are taken`);
}

/** What reads of the archive, keeping the turn: to compare a scan may take a download of each of its files. */
export const keptArchive = (archive: Reading, turn: Turn): Reading => ({
  async listFiles(target) {
    await turn.keep();
    return archive.listFiles(target);
  },
  async digestFile(uri) {
    await turn.keep();
    return archive.digestFile(uri);
  },
});

type Reading = Pick<Ports['archive'], 'listFiles' | 'digestFile'>;

function turnOf({ clock }: Pick<Ports, 'clock'>, leases: Leases, held: Lease[]): Turn {
  const isDue = ({ expiresAt }: Lease) =>
    Date.parse(expiresAt) - Date.parse(clock.now()) < (limits.leaseSeconds - limits.leaseRenewSeconds) * 1000;
  const keep = async () => {
    for (const [index, lease] of held.entries()) {
      if (!isDue(lease)) continue;
      const renewed = await leases.renew(lease, limits.leaseSeconds);
      if (renewed === undefined) throw new DomainError('XnatBusy', 'Cannot go on delivering: the turn went to another');
      held[index] = renewed;
    }
  };
  return {
    keep,
    async *keeping(body) {
      for await (const chunk of body) {
        await keep();
        yield chunk;
      }
    },
  };
}
