import type { Review } from '../contracts/steps.ts';

/** Which files each reason is about; the others are about labels. */
const dispositions: ReadonlyMap<string, readonly string[]> = new Map([
  ['NothingToArchive', ['hold', 'refuse']],
  ['FilesHeld', ['hold']],
  ['FilesRefused', ['refuse']],
]);

/**
 * Why a review holds or rejects, as the ledger and its event keep it: its reasons, then the codes of the files that they
 * are about, since whoever releases, or sends again, reads no findings.
 */
export function stopReason({ reasons, excluded }: Pick<Review, 'reasons' | 'excluded'>): string {
  const about = reasons.flatMap((reason) => dispositions.get(reason) ?? []);
  const codes = excluded.flatMap(({ disposition, code }) => (about.includes(disposition) ? [code] : []));
  return [...new Set([...reasons, ...codes])].join(' ');
}
