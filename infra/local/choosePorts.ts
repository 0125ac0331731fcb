import { createServer } from 'node:http';
import { listen } from './listen.ts';

const names = ['portal', 's3', 'issuer', 'xnat', 'stepFunctions'] as const;
export type Ports = Record<(typeof names)[number], number>;

/**
 * Five ports in a row from a base, or any free ones without a base. They must be known before anything starts: each
 * part is told the addresses of the others.
 * @throws Error with a sentence for people when one is taken
 */
export async function choosePorts(base: number | undefined): Promise<Ports> {
  const tried = await Promise.allSettled(
    names.map((_, index) => listen(createServer(), base === undefined ? 0 : base + index)),
  );
  const held = tried.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  await Promise.all(held.map(({ stop }) => stop()));
  const taken = tried.find((attempt) => attempt.status === 'rejected');
  if (taken !== undefined) throw taken.reason;
  const [portal = 0, s3 = 0, issuer = 0, xnat = 0, stepFunctions = 0] = held.map(({ port }) => port);
  return { portal, s3, issuer, xnat, stepFunctions };
}
