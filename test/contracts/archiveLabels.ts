import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Archive, ScanTarget } from '../../core/submission/ports.ts';
import { md5, targetOf, zipOf } from './archive.ts';

interface Opened {
  archive: Archive;
  project?: string;
  close(): Promise<void>;
}

const job = 'airlock-contract';

/** What the Archive port promises of sessions that get other labels, of any XNAT. */
export function archiveLabelsContract(name: string, start: () => Promise<Opened>) {
  describe(`labels in ${name}`, () => {
    let opened: Opened;
    let archive: Archive;
    let count = 700;
    beforeAll(async () => {
      opened = await start();
      archive = opened.archive;
    });
    afterAll(() => opened.close());

    /** A session of one scan with two files. */
    async function stored() {
      count += 1;
      const target: ScanTarget = { ...targetOf(count), xnatProject: opened.project ?? 'DEMO' };
      await archive.ensureScan(target);
      const files = { '1.2.dcm': Buffer.from('one'), '1.3.dcm': Buffer.from('two') };
      await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
      const uri = await archive.sessionUri(target);
      const { subject, session, study } = target.session;
      return { target, uri, place: { uri, xnatProject: target.xnatProject, subject, session, study } };
    }
    const scanOf = (uri: string) => `${uri}/scans/2`;
    const digests = async (item: string) =>
      (await archive.listStored(item)).map((file) => [file.name, file.sizeBytes, file.md5, file.uri]).sort();

    test('tells where a session is, by its address', async () => {
      const { uri, place } = await stored();
      const { uri: _, ...found } = place;
      expect(await archive.findSession(uri)).toEqual(found);
      expect(await archive.findSession('/data/experiments/XNAT_E99999')).toBeUndefined();
    });

    test('tells the id of a subject by its label, and its label by its id', async () => {
      const { xnatProject, subject } = (await stored()).place;
      const found = await archive.findSubject({ xnatProject, subject });
      expect(found).toEqual({ id: expect.not.stringMatching(new RegExp(`^${subject}$`)), subject });
      expect(await archive.findSubject({ xnatProject, subject: found?.id ?? '' })).toEqual(found);
      expect(await archive.findSubject({ xnatProject, subject: 'XNAT_S99999' })).toBeUndefined();
    });

    test('lists what is stored below a session, as the listing of its scan does', async () => {
      const { target, uri } = await stored();
      const listed = await archive.listFiles(target);
      expect(await archive.listStored(scanOf(uri))).toEqual(listed);
      expect(listed.map((file) => file.md5).sort()).toEqual([md5(Buffer.from('one')), md5(Buffer.from('two'))].sort());
      expect(await archive.listStored(uri)).toEqual([]);
      expect(await archive.listStored('/data/experiments/XNAT_E99999')).toEqual([]);
    });

    test.each([
      { why: 'another label', change: (n: number) => ({ session: `RE_${n}` }) },
      { why: 'another subject, which is made', change: (n: number) => ({ subject: `MOVED_${n}` }) },
      { why: 'both', change: (n: number) => ({ session: `RE_${n}`, subject: `MOVED_${n}` }) },
    ])('gives a session $why; its address and its files stay, and it may be asked for again', async ({ change }) => {
      const { target, uri, place } = await stored();
      const before = await digests(scanOf(uri));
      const to = { subject: place.subject, session: place.session, ...change(count) };
      await archive.relabel(place, to, job);
      const found = await archive.findSession(uri);
      expect(found).toEqual({ xnatProject: place.xnatProject, study: place.study, ...to });
      if (found === undefined) throw new Error('There is no session');
      await archive.relabel({ uri, ...found }, to, job);
      expect(await digests(scanOf(uri))).toEqual(before);
      const moved = { ...target, session: { ...target.session, ...to } };
      expect(await archive.sessionUri(moved)).toBe(uri);
      expect(await archive.listFiles(moved)).toHaveLength(2);
      if (to.session !== place.session) expect((await archive.lookUp(target)).session).toBeUndefined();
    });

    test('moves a session to a subject that stands', async () => {
      const { place: standing } = await stored();
      const { uri, place } = await stored();
      await archive.relabel(place, { subject: standing.subject, session: place.session }, job);
      expect(await archive.findSession(uri)).toMatchObject({ subject: standing.subject, session: place.session });
    });

    test('refuses a label that another session has, and changes nothing', async () => {
      const { uri: standing, place: other } = await stored();
      const { uri, place } = await stored();
      const asked = archive.relabel(place, { subject: 'MOVED_NOT', session: other.session }, job);
      await expect(asked).rejects.toMatchObject({ name: 'XnatConflict' });
      expect(await archive.findSession(uri)).toMatchObject({ subject: place.subject, session: place.session });
      expect(await archive.findSession(standing)).toMatchObject({ session: other.session });
    });

    test.each(['/data/projects/DEMO', '/data/experiments/X/../Y', '/xapi/users', ''])(
      'takes no other address for that of a session: %s',
      async (uri) => {
        await expect(archive.findSession(uri)).rejects.toMatchObject({ name: 'XnatRefused' });
        await expect(archive.listStored(uri)).rejects.toMatchObject({ name: 'XnatRefused' });
      },
    );
  });
}
