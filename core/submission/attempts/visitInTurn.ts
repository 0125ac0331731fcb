import * as z from 'zod';
import { limits } from '../../policy/limits.ts';
import type { Submission } from '../contracts/Submission.ts';
import type { Ports } from '../ports.ts';
import { placeInState } from './placeInState.ts';

const Round = z.object({ after: z.string(), until: z.string() });

interface Visiting {
  /** Of the round: its own for each purpose. */
  name: string;
  state: Submission['state'];
  /** Places (`placeInState`) between which submissions matter. */
  after?: string;
  before?: string;
  limit?: number;
  visit: (submission: Submission) => Promise<void>;
}

/**
 * Visits submissions of a state, a bounded number a run. Where there are more, the next run goes on behind the last one,
 * and a round ends with what stood when it began: however many come, none is passed over for ever.
 */
export async function visitInTurn(
  { ledger, registers, clock }: Pick<Ports, 'ledger' | 'registers' | 'clock'>,
  { name, state, after = '', before = '~', limit = limits.visitedPerRun, visit }: Visiting,
): Promise<void> {
  const key = `round/${name}/${state}`;
  const { version, value } = await registers.read(key);
  const begun = Round.safeParse(value).data;
  const until = begun?.until ?? `${clock.now()}~`;
  const from = begun !== undefined && begun.after > after ? begun.after : after;
  const group: Submission[] = [];
  let visited = 0;
  let last = from;
  const visitGroup = () => Promise.all(group.splice(0).map(visit));
  for await (const submission of ledger.listByState(state, { after: from, before: until < before ? until : before })) {
    group.push(submission);
    visited += 1;
    last = placeInState(submission);
    if (group.length === limits.visitedAtOnce) await visitGroup();
    if (visited === limit) break;
  }
  await visitGroup();
  const next = visited === limit ? { after: last, until } : null;
  // a race that is lost here was won by another run of the same
  if (next !== null || begun !== undefined) await registers.swap(key, { version, value: next });
}
