import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resourceFolder } from '../../core/submission/checking/resourceFolder.ts';
import type { Archive } from '../../core/submission/ports.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import { targetOf, zipOf } from './archive.ts';

interface Opened {
  archive: Archive;
  removal: Removal;
  close(): Promise<void>;
}

/** Everything that the Removal port promises, beside the archive whose things it removes. */
export function removalContract(name: string, start: () => Promise<Opened>) {
  describe(`the removal from ${name}`, () => {
    let opened: Opened;
    let count = 0;
    beforeAll(async () => {
      opened = await start();
    });
    afterAll(() => opened.close());

    /** A session of one scan with two files. */
    async function stored() {
      count += 1;
      const target = targetOf(count);
      await opened.archive.ensureScan(target);
      const body = zipOf({ '1.2.dcm': Buffer.from('one'), '1.3.dcm': Buffer.from('two') });
      await opened.archive.putPack(target, { name: 'pack-000001', body });
      const session = await opened.archive.sessionUri(target);
      const subject = `/data/projects/DEMO/subjects/${target.session.subject}`;
      return { target, session, subject, scan: `${session}/scans/${target.scan.scan}` };
    }

    test('lists what lies below a subject, a session and a scan', async () => {
      const { target, session, subject, scan } = await stored();
      expect(await opened.removal.listBelow(subject)).toEqual([session]);
      expect(await opened.removal.listBelow(session)).toEqual([scan]);
      expect(await opened.removal.listFiles(session)).toEqual([]);
      const listed = (await opened.archive.listFiles(target)).map(({ uri }) => uri);
      expect((await opened.removal.listFiles(scan))?.sort()).toEqual(listed.sort());
    });

    test('removes one file and leaves the other, as often as it is asked to', async () => {
      const { target, scan } = await stored();
      const [first = '', second] = (await opened.removal.listFiles(scan)) ?? [];
      await opened.removal.remove(first);
      await opened.removal.remove(first);
      expect(await opened.removal.listFiles(scan)).toEqual([second]);
      expect(await opened.archive.listFiles(target)).toHaveLength(1);
    });

    test('lists and removes a record of a session', async () => {
      const { session } = await stored();
      await opened.archive.putRecord(session, zipOf({ 'one.json': Buffer.from('{}') }));
      const [record = '', ...others] = (await opened.removal.listFiles(`${session}/resources/AIRLOCK`)) ?? [];
      expect(record).toMatch(/\/files\/one\.json$/);
      expect(others).toEqual([]);
      expect(await opened.removal.listFiles(session)).toHaveLength(1);
      await opened.removal.remove(record);
      expect(await opened.removal.listFiles(session)).toEqual([]);
      expect(await opened.archive.findRecord(session, 'one.json')).toBeUndefined();
    });

    test.each(['subject', 'project'] as const)('lists and removes one file that a %s shares', async (level) => {
      const { target } = await stored();
      const resource = { level, label: 'DOCS', format: '', content: '', tags: '' };
      const shared = { ...target, scan: { ...target.scan, scan: 'DOCS', resource } };
      const folder = resourceFolder(shared);
      await opened.archive.ensureScan(shared);
      const files = { [`${folder}a.txt`]: Buffer.from('a'), 'other/b.txt': Buffer.from('b') };
      await opened.archive.putPack(shared, { name: 'pack-000001', body: zipOf(files) });
      const listed = (await opened.archive.listFiles(shared)).map(({ uri }) => uri).sort();
      const own = listed.find((uri) => uri.endsWith(`/files/${folder}a.txt`)) ?? '';
      const holder = own.slice(0, own.indexOf('/files/'));
      expect((await opened.removal.listFiles(holder))?.sort()).toEqual(listed);
      await opened.removal.remove(own);
      await opened.removal.remove(own);
      expect(await opened.removal.listFiles(holder)).toEqual(listed.filter((uri) => uri !== own));
      await opened.removal.remove(listed.find((uri) => uri !== own) ?? '');
    });

    test('empties fields that have a value, and no others', async () => {
      const { session } = await stored();
      await opened.archive.writeFields(session, { note: 'ours', airlock_site: 'ours', airlock_policy: 'of others' });
      const ours = { note: 'ours', airlock_site: 'ours', airlock_policy: 'ours', airlock_receipt: 'ours' };
      expect(await opened.removal.clearFields(session, ours)).toEqual([]);
      expect(await opened.archive.readFields(session)).toEqual({ airlock_policy: 'of others' });
      expect(await opened.removal.clearFields(session, ours)).toEqual([]);
      expect(await opened.removal.clearFields('/data/experiments/XNAT_E99999', ours)).toEqual([]);
    });

    test('removes a scan, a session and what is below it, as often as it is asked to', async () => {
      const { target, session, scan } = await stored();
      await opened.removal.remove(scan);
      await opened.removal.remove(scan);
      expect(await opened.removal.listBelow(session)).toEqual([]);
      expect(await opened.archive.listFiles(target)).toEqual([]);
      await opened.removal.remove(session);
      await opened.removal.remove(session);
      expect(await opened.removal.listBelow(session)).toBeUndefined();
      expect((await opened.archive.lookUp(target)).session).toBeUndefined();
    });

    test.each([
      ...['/data/projects/DEMO/resources/DOCS', '/data/projects/DEMO/subjects/SUBJ_1/resources/DOCS'],
      ...['/data/projects/DEMO', '/data/experiments', '/data/experiments/XNAT_E1/../..', '/xapi/users', ''],
    ])('touches nothing above a session or a subject: %s', async (address) => {
      await expect(opened.removal.remove(address)).rejects.toMatchObject({ name: 'XnatRefused' });
    });
  });
}
