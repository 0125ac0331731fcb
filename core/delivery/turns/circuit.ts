import * as z from 'zod';
import { limits } from '../../policy/limits.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Ports } from '../../submission/ports.ts';

const CircuitValue = z.object({ failures: z.int().nonnegative(), retryAt: z.iso.datetime() });

const name = 'circuit';

/**
 * Spares an archive that is down: after a row of failures only one caller in a while is let through to see whether it
 * is back, and all others are told at once to come later. One success lets everybody in again.
 */
export function circuitOf({ registers, clock }: Pick<Ports, 'registers' | 'clock'>, restSeconds: number) {
  const read = async () => {
    const { version, value } = await registers.read(name);
    return { version, ...(CircuitValue.safeParse(value).data ?? { failures: 0, retryAt: clock.now() }) };
  };
  const later = (seconds = restSeconds) =>
    new Date(Date.parse(clock.now()) + Math.min(seconds, limits.archiveRestMaxSeconds) * 1000).toISOString();
  return {
    /** @throws DomainError XnatUnavailable while the archive is left in peace */
    async enter(): Promise<void> {
      const { version, failures, retryAt } = await read();
      if (failures < limits.archiveFailuresInRow) return;
      // who swaps is the one that looks
      const isProbe =
        retryAt <= clock.now() && (await registers.swap(name, { version, value: { failures, retryAt: later() } }));
      if (isProbe) return;
      throw new DomainError('XnatUnavailable', `Cannot deliver now: XNAT is left in peace until ${retryAt}`);
    },
    /**
     * An archive that says how long it wants rest (Retry-After, RFC 9110 §10.2.3) gets it at its first failure. A race
     * that is lost here was won by somebody with the same news.
     */
    async failed({ retryAfterSeconds }: { retryAfterSeconds?: number | undefined } = {}): Promise<void> {
      const { version, failures } = await read();
      const counted = retryAfterSeconds === undefined ? failures + 1 : limits.archiveFailuresInRow;
      await registers.swap(name, { version, value: { failures: counted, retryAt: later(retryAfterSeconds) } });
    },
    async succeeded(): Promise<void> {
      const { version, failures, retryAt } = await read();
      if (failures > 0) await registers.swap(name, { version, value: { failures: 0, retryAt } });
    },
  };
}
