import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResourceLevel } from '../../core/policy/ResourceRule.ts';
import { resourceFolder } from '../../core/submission/checking/resourceFolder.ts';
import type { Archive, ScanTarget } from '../../core/submission/ports.ts';
import { md5, targetOf, zipOf } from './archive.ts';

interface Opened {
  archive: Archive;
  /** DEMO where nothing else is said. */
  project?: string;
  close(): Promise<void>;
}

/** What the Archive port promises of files that are no DICOM. Its labels are those of no other contract. */
export function archiveResourcesContract(name: string, start: () => Promise<Opened>) {
  describe(`the resources on ${name}`, () => {
    let opened: Opened;
    let archive: Archive;
    let count = 0;
    beforeAll(async () => {
      opened = await start();
      archive = opened.archive;
    });
    afterAll(() => opened.close());
    const next = (): ScanTarget => {
      count += 1;
      return { ...targetOf(1000 + count), xnatProject: opened.project ?? 'DEMO' };
    };

    const catalog = { format: 'NIFTI', content: 'RAW', tags: 'site' };
    const resourceOf = (target: ScanTarget, level: ResourceLevel): ScanTarget => {
      const resource = { level, label: 'EXTRA', ...catalog };
      const { scan } = target;
      return { ...target, scan: level === 'scan' ? { ...scan, resource } : { ...scan, scan: 'EXTRA', resource } };
    };
    const stored = async (target: ScanTarget) =>
      (await archive.listFiles(target)).map(({ name: file, md5: digest }) => [file, digest]).sort();
    const expected = (files: Record<string, Uint8Array>) =>
      Object.entries(files)
        .map(([file, bytes]) => [file, md5(bytes)])
        .sort();

    describe.each([
      { level: 'scan', place: /^\/data\/experiments\/[^/]+\/scans\/2\/resources\/[^/]+\/files\// },
      { level: 'session', place: /^\/data\/experiments\/[^/]+\/resources\/[^/]+\/files\// },
      { level: 'subject', place: /^\/data\/projects\/[^/]+\/subjects\/[^/]+\/resources\/[^/]+\/files\/SESS_/ },
      { level: 'project', place: /^\/data\/projects\/[^/]+\/resources\/[^/]+\/files\/SESS_/ },
    ] as const)('of a $level', ({ level, place }) => {
      test('keep files that are no DICOM, byte by byte, beside those of others', async () => {
        const target = next();
        const other = resourceOf(target, level);
        const folder = resourceFolder(other);
        const files = { [`${folder}000001.nii.gz`]: Buffer.from('image'), [`${folder}000001.json`]: Buffer.from('{}') };
        const before = await stored(other);
        await archive.ensureScan(other);
        await archive.ensureScan(other);
        await archive.putPack(other, { name: 'pack-000001', body: zipOf(files) });
        await archive.readHeaders(other);
        expect(await stored(other)).toEqual([...before, ...expected(files)].sort());
        const file = (await archive.listFiles(other)).find(({ name: path }) => path === `${folder}000001.json`);
        expect(file?.uri).toMatch(place);
        expect(await archive.digestFile(file?.uri ?? '')).toMatchObject({ sizeBytes: 2, md5: md5(Buffer.from('{}')) });
        expect(await archive.listFiles(target)).toEqual([]);
        expect((await archive.lookUp(target)).session?.scans).toHaveLength(level === 'scan' ? 1 : 0);
      });

      test('stand beside a scan and its DICOM, whichever comes first', async () => {
        for (const order of [
          [0, 1],
          [1, 0],
        ]) {
          const target = next();
          const both = [target, resourceOf(target, level)];
          for (const index of order) await archive.ensureScan(both[index] ?? target);
          const dicom = { '1.2.dcm': Buffer.from('slice') };
          await archive.putPack(target, { name: 'pack-000001', body: zipOf(dicom) });
          expect(await stored(target)).toEqual(expected(dicom));
          expect((await archive.lookUp(target)).session?.scans).toEqual([{ scan: '2', series: target.scan.series }]);
        }
      });
    });

    test('of a scan are not put where another series stands', async () => {
      const target = next();
      await archive.ensureScan(target);
      const other = resourceOf({ ...target, scan: { ...target.scan, series: '2.25.98' } }, 'scan');
      await expect(archive.ensureScan(other)).rejects.toMatchObject({ name: 'XnatConflict' });
    });

    test('keeps a record beside the data of a session, and replaces what a broken writing left', async () => {
      const target = next();
      await archive.ensureScan(target);
      const session = await archive.sessionUri(target);
      const record = Buffer.from('{"receipt":1}');
      expect(await archive.findRecord(session, 'one.json')).toBeUndefined();
      await archive.putRecord(session, zipOf({ 'one.json': record.subarray(0, 3) }));
      expect((await archive.findRecord(session, 'one.json'))?.sizeBytes).toBe(3);
      await archive.putRecord(session, zipOf({ 'one.json': record }));
      const found = { sizeBytes: record.length, md5: md5(record) };
      expect(await archive.findRecord(session, 'one.json')).toEqual(found);
      await archive.putRecord(session, zipOf({ 'two.json': Buffer.from('{}') }));
      expect((await archive.findRecord(session, 'two.json'))?.sizeBytes).toBe(2);
      expect(await archive.listFiles(target)).toEqual([]);
    });
  });
}
