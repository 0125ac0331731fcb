import { DomainError } from '../submission/codes/DomainError.ts';
import { requireTransition } from '../submission/contracts/states.ts';
import type { ChainedEvent } from './AuditEvent.ts';
import { chainStart, hashEvent } from './appendEvent.ts';

/**
 * Proves that events are one whole chain: hashes, links, numbers without a gap, one submission, and only state
 * changes that the transition function allows. It cannot see events cut off at the end: compare the head with a
 * receipt or a ledger for that.
 * @throws DomainError ChainBroken naming the first event at fault by its number
 */
export function verifyChain(events: readonly ChainedEvent[]): void {
  let prev = chainStart;
  let state: ChainedEvent['to'] | undefined;
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1) throw broken(index, `its number is ${event.seq}`);
    if (event.submission !== events[0]?.submission) throw broken(index, 'it belongs to another submission');
    if (event.prev !== prev) throw broken(index, 'it does not follow the event before');
    if (event.hash !== hashEvent(event)) throw broken(index, 'its content does not match its hash');
    if (event.from !== state) throw broken(index, 'its state does not follow the state before');
    if (state !== undefined && state !== event.to) requireLegal(index, state, event.to);
    prev = event.hash;
    state = event.to;
  }
}

function requireLegal(index: number, from: ChainedEvent['to'], to: ChainedEvent['to']): void {
  try {
    requireTransition(from, to);
  } catch (cause) {
    throw broken(index, `${to} may not follow ${from}`, cause);
  }
}

function broken(index: number, why: string, cause?: unknown): DomainError {
  return new DomainError('ChainBroken', `Cannot verify event ${index + 1}: ${why}`, { cause });
}
