import * as z from 'zod';
import { hashBytes } from '../../audit/hashJson.ts';
import type { Ports } from '../../submission/ports.ts';

const LeaseValue = z.object({ holder: z.string(), expiresAt: z.iso.datetime() });

/** The right to be the only one at something, for a time. */
export interface Lease {
  name: string;
  holder: string;
  /** Fencing token: greater than that of every lease of this name before, and of this one before it was renewed. */
  token: number;
  /** ISO 8601. */
  expiresAt: string;
}

/** Leases over registers: whoever lost one is told so at its next renewal, and can neither renew nor release it. */
export interface Leases {
  /**
   * Undefined while it is another holder's. The same holder is given it again, under a token that ends the one before:
   * who takes over from its own dead worker need not wait.
   */
  acquire(wanted: { name: string; holder: string; ttlSeconds: number }): Promise<Lease | undefined>;
  /** Undefined when somebody was given it meanwhile. */
  renew(lease: Lease, ttlSeconds: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
}

/** A label that a curator gave in XNAT may name a person, and logs record the keys of a table. */
const keyOf = (name: string) => `lease/${hashBytes(new TextEncoder().encode(name))}`;

/** @throws DomainError StorageUnavailable */
export function leasesOf({ registers, clock }: Pick<Ports, 'registers' | 'clock'>): Leases {
  const expiryIn = (seconds: number) => new Date(Date.parse(clock.now()) + seconds * 1000).toISOString();
  const put = async ({ name, holder, token, expiresAt }: Lease): Promise<Lease | undefined> => {
    const isWritten = await registers.swap(keyOf(name), { version: token, value: { holder, expiresAt } });
    return isWritten ? { name, holder, token: token + 1, expiresAt } : undefined;
  };
  return {
    async acquire({ name, holder, ttlSeconds }) {
      const { version, value } = await registers.read(keyOf(name));
      const standing = LeaseValue.safeParse(value).data;
      const isTaken = standing !== undefined && standing.expiresAt > clock.now();
      if (isTaken && standing.holder !== holder) return undefined;
      return put({ name, holder, token: version, expiresAt: expiryIn(ttlSeconds) });
    },
    renew: (lease, ttlSeconds) => put({ ...lease, expiresAt: expiryIn(ttlSeconds) }),
    async release(lease) {
      await put({ ...lease, expiresAt: expiryIn(0) });
    },
  };
}
