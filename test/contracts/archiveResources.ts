import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  describe(`the resources of a session on ${name}`, () => {
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

    test('keeps files that are no DICOM in a resource of the session, byte by byte', async () => {
      const target = next();
      const resource = { format: 'NIFTI', content: 'RAW', tags: 'site' };
      const other = { ...target, scan: { ...target.scan, scan: 'NIFTI', series: 'resource/NIFTI', resource } };
      const files = { '000001.nii.gz': Buffer.from('image'), '000001.json': Buffer.from('{}') };
      await archive.ensureScan(target);
      expect(await archive.listFiles(other)).toEqual([]);
      await archive.ensureScan(other);
      await archive.ensureScan(other);
      await archive.putPack(other, { name: 'pack-000001', body: zipOf(files) });
      await archive.readHeaders(other);
      const stored = (await archive.listFiles(other)).map((file) => [file.name, file.md5]).sort();
      expect(stored).toEqual(
        Object.entries(files)
          .map(([file, bytes]) => [file, md5(bytes)])
          .sort(),
      );
      const [file] = await archive.listFiles(other);
      expect(file?.uri).toMatch(/^\/data\/experiments\/[^/]+\/resources\/[^/]+\/files\//);
      expect((await archive.digestFile(file?.uri ?? '')).sizeBytes).toBe(file?.sizeBytes);
      expect(await archive.listFiles(target)).toEqual([]);
      expect((await archive.lookUp(target)).session?.scans).toHaveLength(1);
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
