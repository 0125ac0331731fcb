import { expect, test } from 'vitest';
import { digestBytes } from '../../../clients/cli/files/nodeCodecs.ts';
import { inspectFiles } from '../../../core/upload/inspectFiles.ts';
import { codecs } from '../pack/streams.ts';

const listed = [7, 1, 0, 5, 3].map((sizeBytes, index) => ({ path: `file-${index}`, sizeBytes }));

test('answers in the order of the list, whichever file is read first, and tells of each', async () => {
  const heard: string[] = [];
  const readFile = async (path: string, { start, end }: { start: number; end: number }) => {
    await new Promise((resolve) => setTimeout(resolve, path === 'file-0' ? 20 : 1));
    return new Uint8Array(end - start);
  };
  const found = await inspectFiles({ readFile, codecs, digestBytes }, listed, ({ file }) => heard.push(file.path));
  expect(found.map(({ file }) => file.path)).toEqual(listed.map(({ path }) => path));
  expect(found.map(({ file }) => file.sizeBytes)).toEqual(listed.map(({ sizeBytes }) => sizeBytes));
  expect(heard.toSorted()).toEqual(listed.map(({ path }) => path));
  expect(heard[0]).toBe('file-1');
});

test('ends with the first failure and reads no file after it', async () => {
  const read: string[] = [];
  const heard: string[] = [];
  const readFile = async (path: string, { start, end }: { start: number; end: number }) => {
    read.push(path);
    if (path === 'file-0') await new Promise((resolve) => setTimeout(resolve, 10));
    return new Uint8Array(path === 'file-1' ? 0 : end - start);
  };
  await expect(
    inspectFiles({ readFile, codecs, digestBytes }, listed, ({ file }) => heard.push(file.path)),
  ).rejects.toMatchObject({
    name: 'ManifestMismatch',
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(read).not.toContain('file-4');
  expect(heard).toEqual([]);
});
