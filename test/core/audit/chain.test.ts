import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChainedEvent } from '../../../core/audit/AuditEvent.ts';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { draft } from '../../fixtures/submissions.ts';

const actor = { kind: 'system', id: 'pipeline' } as const;
const at = '2026-01-02T03:04:06.000Z';

function chainOf(): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  let { next, event } = draft();
  events.push(event);
  for (const [type, to] of [
    ['manifest.announced', 'uploading'],
    ['submission.committed', 'submitted'],
    ['submission.planned', 'validating'],
    ['files.validated', 'anonymizing'],
  ] as const) {
    ({ next, event } = appendEvent(next, { type, to, actor, at, counts: { files: 3 } }));
    events.push(event);
  }
  return events;
}

describe('the audit chain of a submission', () => {
  test('verifies as it was written', () => {
    expect(() => verifyChain(chainOf())).not.toThrow();
  });

  test('breaks when any one character of any event changes', () => {
    const texts = chainOf().map((event) => JSON.stringify(event));
    fc.assert(
      fc.property(
        fc.nat(texts.length - 1),
        fc.nat(),
        fc.constantFrom('0', 'x', '"', '9'),
        (index, position, character) => {
          const text = texts[index] ?? '';
          const at = position % text.length;
          fc.pre(text[at] !== character);
          const altered = parsed(text.slice(0, at) + character + text.slice(at + 1));
          fc.pre(altered !== undefined && JSON.stringify(altered) !== text);
          const events = chainOf().map((event, each) => (each === index && altered ? altered : event));
          expect(() => verifyChain(events)).toThrow(expect.objectContaining({ name: 'ChainBroken' }));
        },
      ),
    );
  });

  test.each([
    { alter: (events: ChainedEvent[]) => events.slice(1), why: 'the first event is gone' },
    { alter: (events: ChainedEvent[]) => events.toSpliced(2, 1), why: 'an event in the middle is gone' },
    {
      alter: (events: ChainedEvent[]) => [...events.slice(0, 2), ...events.slice(2).reverse()],
      why: 'events changed places',
    },
    { alter: (events: ChainedEvent[]) => [...events, ...events.slice(-1)], why: 'an event stands twice' },
  ])('breaks when $why', ({ alter }) => {
    expect(() => verifyChain(alter(chainOf()))).toThrow(expect.objectContaining({ name: 'ChainBroken' }));
  });

  test('refuses a change of state that may not follow', () => {
    const { next } = draft();
    expect(() => appendEvent(next, { type: 'receipt.sealed', to: 'archived', actor, at })).toThrow(
      expect.objectContaining({ name: 'StateConflict' }),
    );
  });
});

/** An altered event keeps the shape of one as far as the verifier reads it. */
function parsed(text: string): ChainedEvent | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
