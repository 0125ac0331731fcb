import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { placeInState } from '../../core/submission/attempts/placeInState.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import type { Ledger } from '../../core/submission/ports.ts';
import { announcement, draft } from './changes.ts';

/** Everything that the Ledger port promises. `open` gives handles on one store, as several processes have them. */
export function ledgerContract(name: string, start: () => Promise<{ open(): Ledger; close(): Promise<void> | void }>) {
  describe(`the ledger on ${name}`, () => {
    let store: Awaited<ReturnType<typeof start>>;
    let ledger: Ledger;
    beforeAll(async () => {
      store = await start();
      ledger = store.open();
    });
    afterAll(() => store.close());

    test('gives back a submission as it was created, with its first event', async () => {
      const change = draft(1);
      await ledger.create(change);
      expect(await ledger.get(change.next.id)).toEqual(change.next);
      expect(await ledger.events(change.next.id)).toEqual([change.event]);
    });

    test('knows nothing of what was never created', async () => {
      const { id } = draft(999).next;
      expect(await ledger.get(id)).toBeUndefined();
      expect(await ledger.events(id)).toEqual([]);
      expect(await ledger.listObjects(id)).toEqual([]);
      expect(await ledger.getObject(id, 'pack-000001')).toBeUndefined();
    });

    test('refuses to create a submission twice and keeps the first', async () => {
      const change = draft(2);
      await ledger.create(change);
      const other = draft(2, 'south');
      await expect(ledger.create(other)).rejects.toMatchObject({ name: 'LedgerConflict' });
      expect(await ledger.get(change.next.id)).toEqual(change.next);
    });

    test('writes a change and its event together', async () => {
      const created = draft(3);
      await ledger.create(created);
      const announced = announcement(created.next);
      await ledger.commit(announced);
      expect(await ledger.get(created.next.id)).toEqual(announced.next);
      expect(await ledger.events(created.next.id)).toEqual([created.event, announced.event]);
    });

    test('refuses a change of a submission that does not exist, and leaves no event of it', async () => {
      const { next } = draft(4);
      await expect(ledger.commit(announcement(next))).rejects.toMatchObject({ name: 'LedgerConflict' });
      expect(await ledger.get(next.id)).toBeUndefined();
      expect(await ledger.events(next.id)).toEqual([]);
    });

    test('refuses a change whose chain head no longer stands, and writes nothing of it', async () => {
      const created = draft(5);
      await ledger.create(created);
      const first = announcement(created.next, 1);
      await ledger.commit(first);
      await expect(ledger.commit(announcement(created.next, 2))).rejects.toMatchObject({ name: 'LedgerConflict' });
      expect(await ledger.get(created.next.id)).toEqual(first.next);
      expect(await ledger.events(created.next.id)).toEqual([created.event, first.event]);
    });

    test('lets exactly one of many writers win, each time, and numbers events without a gap', async () => {
      const created = draft(6);
      await ledger.create(created);
      let head = created.next;
      for (let round = 0; round < 5; round += 1) {
        const changes = Array.from({ length: 8 }, (_, writer) => announcement(head, writer + 1));
        const results = await Promise.allSettled(changes.map((change) => store.open().commit(change)));
        const won = changes.filter((_, writer) => results[writer]?.status === 'fulfilled');
        expect(won).toHaveLength(1);
        for (const result of results) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'LedgerConflict' });
        }
        head = won[0]?.next ?? head;
        expect(await ledger.get(head.id)).toEqual(head);
      }
      const events = await ledger.events(head.id);
      expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
      verifyChain(events);
      expect(events.at(-1)?.hash).toBe(head.chain.hash);
    });

    test('lists the submissions of one site, newest first, page by page', async () => {
      const created = [10, 11, 12, 13, 14].map((number) => draft(number, 'east'));
      for (const change of [...created, draft(15, 'west')]) await ledger.create(change);
      const seen: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await ledger.list({ site: 'east', limit: 2, ...(cursor !== undefined && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.cursor;
        pages += 1;
      } while (cursor !== undefined);
      expect(seen).toEqual(created.map(({ next }) => next.id).reverse());
      expect(pages).toBe(3);
    });

    test('shows nothing of another site, whatever the cursor', async () => {
      await ledger.create(draft(16, 'coast'));
      const cursor = (await ledger.list({ site: 'east', limit: 1 })).cursor ?? '';
      expect(await ledger.list({ site: 'nowhere', limit: 5, cursor })).toEqual({ items: [] });
      const foreign = await ledger.list({ site: 'coast', limit: 5, cursor: 'no cursor of ours' });
      for (const { site } of foreign.items) expect(site).toBe('coast');
    });

    test('lists by state what is in that state now', async () => {
      const [stays, moves] = [draft(20, 'lake'), draft(21, 'lake')];
      await ledger.create(stays);
      await ledger.create(moves);
      await ledger.commit(announcement(moves.next));
      const idsIn = async (state: Submission['state']) =>
        (await Array.fromAsync(ledger.listByState(state))).map(({ id }) => id);
      expect(await idsIn('draft')).toContain(stays.next.id);
      expect(await idsIn('draft')).not.toContain(moves.next.id);
      expect(await idsIn('uploading')).toContain(moves.next.id);
    });

    test('lists every submission of a state, also beyond a page', async () => {
      for (let number = 100; number < 230; number += 1) await ledger.create(draft(number, 'mass'));
      const listed = await Array.fromAsync(ledger.listByState('draft'));
      expect(listed.filter(({ site }) => site === 'mass')).toHaveLength(130);
    });

    test('lists those of a state between two places, in the order of their last changes', async () => {
      const created = [301, 302, 303, 304].map((number) => draft(number, 'range'));
      for (const change of [...created].reverse()) await ledger.create(change);
      const places = created.map(({ next }) => placeInState(next)).sort();
      const listed = async (range: { after?: string; before?: string }) =>
        (await Array.fromAsync(ledger.listByState('draft', range)))
          .filter(({ site }) => site === 'range')
          .map((submission) => placeInState(submission));
      expect(await listed({})).toEqual(places);
      expect(await listed({ after: places[0] ?? '' })).toEqual(places.slice(1));
      expect(await listed({ before: places[3] ?? '' })).toEqual(places.slice(0, 3));
      expect(await listed({ after: places[0] ?? '', before: places[2] ?? '' })).toEqual(places.slice(1, 2));
      expect(await listed({ after: places[2] ?? '', before: places[1] ?? '' })).toEqual([]);
      // a time is the place before those of that time, and with ~ behind it the place after
      const [time = ''] = created.map(({ next }) => next.updatedAt).sort();
      expect(await listed({ after: time })).toEqual(places);
      expect(await listed({ after: `${time}~` })).toEqual(places.filter((place) => !place.startsWith(time)));
    });

    test('records an object once: whoever comes later is given the record that stands', async () => {
      const { id } = draft(30).next;
      const [first, second] = await Promise.all(
        ['upload-a', 'upload-b'].map((uploadId) => store.open().openObject(id, { object: 'pack-000001', uploadId })),
      );
      expect(first).toEqual(second);
      expect(await ledger.getObject(id, 'pack-000001')).toEqual(first);
    });

    test('closes an object with what was stored, as often as it is told', async () => {
      const { id } = draft(31).next;
      await ledger.openObject(id, { object: 'file-000002', uploadId: 'u' });
      await ledger.openObject(id, { object: 'file-000001', uploadId: 'v' });
      const closed = {
        object: 'file-000002',
        uploadId: 'u',
        stored: { versionId: 'v1', sizeBytes: 3, parts: 1, checksumSha256: 'x-1' },
      };
      await ledger.closeObject(id, closed);
      await ledger.closeObject(id, closed);
      expect(await ledger.openObject(id, { object: 'file-000002', uploadId: 'w' })).toEqual(closed);
      expect(await ledger.listObjects(id)).toEqual([{ object: 'file-000001', uploadId: 'v' }, closed]);
    });

    test.each([
      { why: 'was never opened', object: 'pack-000009', uploadId: 'u' },
      { why: 'is open under another upload', object: 'pack-000001', uploadId: 'other' },
    ])('refuses to close an object that $why', async ({ object, uploadId }) => {
      const { id } = draft(32).next;
      await ledger.openObject(id, { object: 'pack-000001', uploadId: 'u' });
      const stored = { versionId: 'v1', sizeBytes: 3, parts: 1, checksumSha256: 'x-1' };
      const closing = ledger.closeObject(id, { object, uploadId, stored });
      await expect(closing).rejects.toMatchObject({ name: 'ObjectNotFound' });
    });
  });
}
