import { limits } from '../../policy/limits.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { leasesOf } from './leases.ts';

/**
 * Does what is short, as the only one at something.
 * @throws DomainError XnatBusy while another is at it, and whatever the work throws
 */
export async function holdLease<Result>(
  ports: Pick<Ports, 'registers' | 'clock'>,
  wanted: { name: string; holder: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const leases = leasesOf(ports);
  const lease = await leases.acquire({ ...wanted, ttlSeconds: limits.leaseSeconds });
  if (lease === undefined) throw new DomainError('XnatBusy', 'Cannot go on now: another is at it, wanted a turn');
  try {
    return await work();
  } finally {
    await leases.release(lease);
  }
}

/** All that a submission writes; its withdrawal is another holder of it, and so waits. */
export const submissionLease = (submission: string) => `submission/${submission}`;

/** A subject that comes to be with its first session, and goes with its last. */
export const subjectLease = ({
  xnatProject,
  session,
}: {
  xnatProject: string;
  session: Pick<Delivery['session'], 'subject'>;
}) => `subject/${xnatProject}/${session.subject}`;

/** The holder of all leases of a withdrawal: it takes over from its own dead worker, never from an attempt that writes. */
export const withdrawalHolder = (submission: string) => `${submission}-withdrawal`;
