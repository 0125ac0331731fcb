import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archive } from '../../core/submission/ports.ts';
import { targetOf } from './archive.ts';

interface Opened {
  archive: Archive;
  /** DEMO where nothing else is said. */
  project?: string;
  close(): Promise<void>;
}

/** What the Archive port promises of the fields of a session. Its labels are those of no other contract. */
export function archiveFieldsContract(name: string, start: () => Promise<Opened>) {
  describe(`the fields of a session on ${name}`, () => {
    let opened: Opened;
    let count = 0;
    beforeAll(async () => {
      opened = await start();
    });
    afterAll(() => opened.close());
    const made = async () => {
      count += 1;
      const target = { ...targetOf(2000 + count), xnatProject: opened.project ?? 'DEMO' };
      await opened.archive.ensureScan(target);
      return { target, session: await opened.archive.sessionUri(target) };
    };

    test('are empty, hold what they are given, and leave one another alone', async () => {
      const { target, session } = await made();
      const { archive } = opened;
      expect(await archive.readFields(session)).toEqual({});
      const first = { note: 'sub_1', airlock_submission: 'sub_1', airlock_manifest: 'f'.repeat(64) };
      await archive.writeFields(session, first);
      expect(await archive.readFields(session)).toEqual(first);
      await archive.writeFields(session, { acquisition_site: 'demo', airlock_receipt: '0' });
      await archive.writeFields(session, { airlock_receipt: '1' });
      const all = { ...first, acquisition_site: 'demo', airlock_receipt: '1' };
      expect(await archive.readFields(session)).toEqual(all);
      // what is written into the session later changes none of them
      await archive.ensureScan({ ...target, scan: { ...target.scan, scan: '3', series: '2.25.78' } });
      expect(await archive.readFields(session)).toEqual(all);
      expect((await archive.lookUp(target)).session?.study).toBe(target.session.study);
    });

    test('of a session that is not there are refused', async () => {
      const absent = '/data/experiments/XNAT_E99999';
      await expect(opened.archive.readFields(absent)).rejects.toMatchObject({ name: 'XnatRefused' });
      await expect(opened.archive.writeFields(absent, { note: 'x' })).rejects.toMatchObject({ name: 'XnatRefused' });
    });
  });
}
