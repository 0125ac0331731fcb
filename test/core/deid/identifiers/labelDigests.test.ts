import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Identifiers } from '../../../../core/deid/identifiers/harvestIdentifiers.ts';
import { labelDigests, labelIsDigested } from '../../../../core/deid/identifiers/labelDigests.ts';
import { labelIdentifies } from '../../../../core/deid/identifiers/labelIdentifies.ts';

const key = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);

const person: Identifiers = {
  texts: new Set(['doe^john', 'john', 'mrn-0815', '19700102', 'müller', 'a-bc']),
  words: new Set(['doe', 'john', 'mrn', '0815']),
  foreign: new Set(['müller']),
  joins: new Set<string>(),
  uids: new Set(['1.2.840.1234567890']),
  dates: new Set(['20260102']),
};
const digested = (identifiers: Identifiers, label: string, by = key) =>
  labelIsDigested(new Set(labelDigests(identifiers, key)), by, label);

describe('the digests of what may not stand in a label', () => {
  test.each(['John', 'x_JOHN_1', 'MRN0815', 'CT-mrn-0815', 'Doe', 'b-doe-2', 'S2026-01-02', 'v19700102', 'xA-BCx'])(
    'find %s as the file itself does',
    (label) => {
      expect(labelIdentifies(person, label)).toBe(true);
      expect(digested(person, label)).toBe(true);
    },
  );

  test.each(['Subject_1', 'Doedel', 'MRN', 'X081', 'S2026-01-03', ''])('let %s go as the file itself does', (label) => {
    expect(digested(person, label)).toBe(labelIdentifies(person, label));
  });

  test('tell whoever has another key nothing', () => {
    expect(digested(person, 'John', other)).toBe(false);
    const text = labelDigests(person, key).join(' ');
    expect(text).not.toMatch(/john|doe|0815/i);
    expect(labelDigests(person, key)).not.toEqual(labelDigests(person, other));
  });

  test('say of any label what the file says', () => {
    const text = fc.stringMatching(/^[a-z0-9^ü_-]{4,8}$/);
    const word = fc.stringMatching(/^[a-z0-9]{2,4}$/);
    const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/);
    const property = fc.property(
      ...[fc.uniqueArray(text), fc.uniqueArray(word), label, fc.nat()],
      (texts, words, asked, place) => {
        const date = '20260102';
        const identifiers = {
          texts: new Set(texts),
          words: new Set(words),
          foreign: new Set<string>(),
          joins: new Set<string>(),
          uids: new Set<string>(),
          dates: new Set([date]),
        };
        const parts = [...texts, ...words, date].map((part) => part.replace(/[^a-z0-9_-]/g, ''));
        // half of the labels hold one of them
        const labels = [asked, `${asked}${parts[place % parts.length]}`, `${asked}_${parts[place % parts.length]}-x`];
        for (const each of labels) expect(digested(identifiers, each)).toBe(labelIdentifies(identifiers, each));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
