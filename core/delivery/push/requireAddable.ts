import { DomainError } from '../../submission/codes/DomainError.ts';
import type { SessionClaim } from '../claims.ts';
import type { Push } from './pushDelivery.ts';

/** What a scan in the archive lacks of a delivery, and what it holds beside it; by files or by instances. */
interface Comparison {
  absent: readonly unknown[];
  different: readonly unknown[];
  foreign: readonly unknown[];
}

/**
 * Nothing is added to what stands unless it was asked for, and nothing is replaced whatever was asked for. One rule
 * for both routes.
 * @throws DomainError SessionExists, ScanTaken
 */
export function requireAddable(
  { delivery: { delivery, scan }, onConflict }: Push,
  session: SessionClaim,
  { absent, different, foreign }: Comparison,
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
