import { createHash } from 'node:crypto';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import type { Archive, Bytes, ScanTarget } from '../../core/submission/ports.ts';

/** A scan of its own for each test, by number. */
export const targetOf = (number: number): ScanTarget => ({
  xnatProject: 'DEMO',
  session: {
    id: 's001',
    subject: `SUBJ_${number}`,
    session: `SESS_${number}`,
    patient: '0'.repeat(16),
    study: `2.25.1${number}`,
    xsiType: 'xnat:ctSessionData',
    date: '2026-01-02',
  },
  scan: {
    id: 's001-r001',
    session: 's001',
    series: `2.25.2${number}`,
    scan: '2',
    modality: 'CT',
    xsiType: 'xnat:ctScanData',
  },
});

/** A ZIP as clients stream it: data descriptors, stored or deflated. */
export async function* zipOf(files: Record<string, Uint8Array>, compress = false): Bytes {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) zip.addBuffer(Buffer.from(bytes), name, { compress });
  zip.end();
  for await (const chunk of zip.outputStream) yield Buffer.from(chunk);
}

export const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

const listed = (files: Record<string, Uint8Array>) =>
  Object.entries(files).map(([name, bytes]) => ({ name, sizeBytes: bytes.length, md5: md5(bytes) }));

interface Opened {
  archive: Archive;
  /** Empty; DEMO where nothing else is said. */
  project?: string;
  close(): Promise<void>;
}

/** Everything that the Archive port promises, of any XNAT. */
export function archiveContract(name: string, start: () => Promise<Opened>) {
  describe(`the archive on ${name}`, () => {
    let opened: Opened;
    let archive: Archive;
    let count = 0;
    beforeAll(async () => {
      opened = await start();
      archive = opened.archive;
    });
    afterAll(() => opened.close());
    const at = (number: number): ScanTarget => ({ ...targetOf(number), xnatProject: opened.project ?? 'DEMO' });
    const next = () => {
      count += 1;
      return at(count);
    };
    const digests = async (target: ScanTarget) =>
      (await archive.listFiles(target))
        .map(({ name: file, sizeBytes, md5: digest }) => ({ name: file, sizeBytes, md5: digest }))
        .sort((a, b) => a.name.localeCompare(b.name));

    test('makes a scan that holds no file yet', async () => {
      const target = next();
      expect(await archive.listFiles(target)).toEqual([]);
      await archive.ensureScan(target);
      expect(await archive.listFiles(target)).toEqual([]);
      expect(await archive.sessionUri(target)).toMatch(/^\/data\/experiments\/\w+_E\d+$/);
    });

    test('makes the same scan twice without a second session', async () => {
      const target = next();
      await archive.ensureScan(target);
      const uri = await archive.sessionUri(target);
      await archive.ensureScan(target);
      expect(await archive.sessionUri(target)).toBe(uri);
    });

    test.each([
      { compress: false, why: 'stored' },
      { compress: true, why: 'deflated' },
    ])('unpacks a $why pack byte by byte', async ({ compress }) => {
      const target = next();
      const files = { '1.2.dcm': Buffer.alloc(300_000, 7), '1.3.dcm': Buffer.from('small') };
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf(files, compress) });
      expect(await digests(target)).toEqual(listed(files));
    });

    test('replaces equal names and keeps the others when packs overlap', async () => {
      const target = next();
      const [first, second, third] = [Buffer.from('first'), Buffer.from('second'), Buffer.from('third')];
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf({ 'a.dcm': first, 'b.dcm': first }) });
      await archive.putPack(target, { name: 'pack-000002', body: zipOf({ 'b.dcm': second, 'c.dcm': third }) });
      expect(await digests(target)).toEqual(listed({ 'a.dcm': first, 'b.dcm': second, 'c.dcm': third }));
    });

    test('digests a stored file as its listing does', async () => {
      const target = next();
      const bytes = Buffer.alloc(200_001, 3);
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf({ '1.2.dcm': bytes }) });
      const [file] = await archive.listFiles(target);
      expect(await archive.digestFile(file?.uri ?? '')).toEqual({
        ...{ sizeBytes: bytes.length, md5: md5(bytes) },
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    });

    test('reads headers as often as it is asked to', async () => {
      const target = next();
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf({ '1.2.dcm': Buffer.from('no DICOM') }) });
      await archive.readHeaders(target);
      await archive.readHeaders(target);
      expect(await digests(target)).toEqual(listed({ '1.2.dcm': Buffer.from('no DICOM') }));
    });

    test.each([
      { why: 'its label belongs to another subject', session: { subject: 'SUBJ_OTHER' }, scan: {} },
      { why: 'it holds another study', session: { study: '2.25.99' }, scan: {} },
      { why: 'it has another session type', session: { xsiType: 'xnat:mrSessionData' }, scan: {} },
      { why: 'its scan holds another series', session: {}, scan: { series: '2.25.98' } },
      { why: 'its scan has another type', session: {}, scan: { xsiType: 'xnat:srScanData' } },
    ])('refuses a session when $why, and leaves it as it is', async ({ session, scan }) => {
      const target = next();
      const files = { '1.2.dcm': Buffer.from('kept') };
      await archive.ensureScan(target);
      await archive.putPack(target, { name: 'pack-000001', body: zipOf(files) });
      const uri = await archive.sessionUri(target);
      const other = { ...target, session: { ...target.session, ...session }, scan: { ...target.scan, ...scan } };
      await expect(archive.ensureScan(other)).rejects.toMatchObject({ name: 'XnatConflict' });
      await archive.ensureScan(target);
      expect(await digests(target)).toEqual(listed(files));
      expect(await archive.sessionUri(target)).toBe(uri);
    });

    test('looks up what stands under a label, and where else a study is', async () => {
      const target = next();
      expect(await archive.lookUp(target)).toEqual({ isSubjectNew: true, session: undefined, elsewhere: [] });
      await archive.ensureScan(target);
      const id = (await archive.sessionUri(target)).split('/').at(-1);
      const { study, xsiType } = target.session;
      const scans = [{ scan: target.scan.scan, series: target.scan.series }];
      const session = { id, study, xsiType, scans, isOfSubject: true };
      expect(await archive.lookUp(target)).toEqual({ isSubjectNew: false, session, elsewhere: [] });
      const ofOther = { ...target, session: { ...target.session, subject: 'SUBJ_OTHER' } };
      expect(await archive.lookUp(ofOther)).toEqual({
        ...{ isSubjectNew: true, session: { ...session, isOfSubject: false }, elsewhere: [] },
      });
      const elsewhere = { ...target, session: { ...target.session, session: 'SESS_ELSEWHERE' } };
      expect(await archive.lookUp(elsewhere)).toEqual({
        ...{ isSubjectNew: false, session: undefined, elsewhere: [id] },
      });
    });

    test('takes a second scan into a session', async () => {
      const target = next();
      const second = { ...target, scan: { ...target.scan, scan: '3-CT1', series: '2.25.77' } };
      await archive.ensureScan(target);
      await archive.ensureScan(second);
      await archive.putPack(second, { name: 'pack-000001', body: zipOf({ '1.2.dcm': Buffer.from('x') }) });
      expect(await archive.listFiles(target)).toEqual([]);
      expect(await archive.listFiles(second)).toHaveLength(1);
    });

    test.each([
      {
        why: 'a file that is not stored',
        call: () => archive.digestFile('/data/experiments/XNAT_E99999/scans/1/resources/1/files/a'),
      },
      { why: 'the address of a session that is not there', call: () => archive.sessionUri(at(999)) },
      {
        why: 'a pack for a scan that is not there',
        call: () => archive.putPack(at(999), { name: 'p', body: zipOf({ a: Buffer.from('a') }) }),
      },
      { why: 'the headers of a scan that is not there', call: () => archive.readHeaders(at(999)) },
    ])('refuses $why', async ({ call }) => {
      await expect(call()).rejects.toMatchObject({ name: 'XnatRefused' });
    });

    test('hands on a fault of what is being sent, and stores nothing of it', async () => {
      const target = next();
      await archive.ensureScan(target);
      const body = async function* (): Bytes {
        yield Buffer.from('PK');
        throw new RangeError('the source broke');
      };
      const sent = archive.putPack(target, { name: 'pack-000001', body: body() });
      await expect(sent).rejects.toThrow('the source broke');
      expect(await archive.listFiles(target)).toEqual([]);
    });

    describe('by its prearchive', () => {
      /** Two slices of one series, and the target that their headers name. */
      const imported = () => {
        count += 1;
        const seed = `contract-${name}-${Date.now()}-${count}`;
        const slices = [1, 2].map((instance) =>
          synthesizeCtSlice({ seed, series: 1, instance, rows: 16, columns: 16 }),
        );
        const headers = slices.map((bytes) => dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' }));
        const value = (tag: string, index = 0) => headers[index]?.string(tag) ?? '';
        const instances = headers.map((_, index) => value('x00080018', index));
        const { session, scan, ...rest } = at(count);
        const target = {
          ...rest,
          session: { ...session, study: value('x0020000d') },
          scan: { ...scan, scan: '1', series: value('x0020000e') },
        };
        const files = Object.fromEntries(slices.map((bytes, index) => [`${instances[index]}.dcm`, bytes]));
        return { target, files, instances };
      };
      const sorted = (values: Iterable<string>) => [...values].sort();

      test('keeps what was imported until it is committed, and then lists its instances', async () => {
        const { target, files, instances } = imported();
        expect(await archive.listPrearchived(target)).toEqual([]);
        await archive.importPack(target, { body: zipOf(files) });
        const [waiting, ...others] = await archive.listPrearchived(target);
        expect(others).toEqual([]);
        expect(waiting?.state).toBe('open');
        expect(waiting?.scans.map(({ scan, names }) => [scan, sorted(names)])).toEqual([
          ['1', sorted(Object.keys(files))],
        ]);
        expect(await archive.listFiles(target)).toEqual([]);
        const place = { xnatProject: target.xnatProject, uri: waiting?.uri ?? '' };
        await archive.commit(place, `airlock-contract-${Date.now()}`);
        expect(await archive.listPrearchived(target)).toEqual([]);
        expect(sorted((await archive.listFiles(target)).map((file) => file.name))).toEqual(sorted(Object.keys(files)));
        expect(sorted((await archive.listInstances(target)).values())).toEqual(sorted(instances));
        expect(await archive.sessionUri(target)).toMatch(/^\/data\/experiments\//);
      });

      test('holds what was imported twice once', async () => {
        const { target, files } = imported();
        await archive.importPack(target, { body: zipOf(files) });
        await archive.importPack(target, { body: zipOf(files) });
        const found = await archive.listPrearchived(target);
        expect(found.map(({ scans }) => scans.map(({ names }) => names.length))).toEqual([[2]]);
      });
    });

    test('keeps any set of files as it was sent', async () => {
      const file = fc.uint8Array({ maxLength: 5000 });
      const names = fc.stringMatching(/^[0-9.]{1,20}\.dcm$/).filter((value) => !value.includes('..'));
      const property = fc.asyncProperty(
        fc.dictionary(names, file, { minKeys: 1 }),
        fc.boolean(),
        async (files, compress) => {
          const target = next();
          await archive.ensureScan(target);
          await archive.putPack(target, { name: 'pack-000001', body: zipOf(files, compress) });
          const wanted = listed(files).sort((a, b) => a.name.localeCompare(b.name));
          expect(await digests(target)).toEqual(wanted);
        },
      );
      await fc.assert(property, { numRuns: 20 });
    });
  });
}
