import type { CliContext } from '../CliContext.ts';
import type { provenLinks } from './provenLinks.ts';

type Links = Awaited<ReturnType<typeof provenLinks>>;

/** Proves that a document is an addendum to another one. @returns 0 when it is, else 1 */
export function compareWithPrevious({ out, err }: CliContext, { to }: Links, { self }: Links): number {
  const isChained = to.some(({ submission, sha256 }) => submission === self.submission && sha256 === self.sha256);
  if (isChained) err(`It is an addendum to the receipt of ${self.submission}`);
  else out(`unrelated  it is no addendum to the receipt of ${self.submission}`);
  return isChained ? 0 : 1;
}
