import { generateKeyPairSync } from 'node:crypto';
import { access, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMap } from '../../../../clients/cli/engine/identifierMap.ts';
import { openMapWriter } from '../../../../clients/cli/engine/openMapWriter.ts';
import { folderOf } from '../cliRun.ts';

const { publicKey: key, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let folder: string;
beforeEach(async () => {
  folder = await folderOf({});
});
afterEach(() => rm(folder, { recursive: true }));

const uidOf = (number: number) => `2.25.1${String(number).padStart(37, '0')}`;
/** As many files of a patient as there are, ten a series, with letters that JSON and base64 take several bytes for. */
const identityOf = (number: number) => {
  const patient = Math.floor(number / 10);
  return {
    ...{ patientId: `Żółć "${patient}"`, issuer: 'A', subject: `SUB-${patient}`, shiftDays: -patient },
    sharedUids: [0, 1].map((part): [string, string] => [uidOf(patient * 2 + part), uidOf(1e9 + patient * 2 + part)]),
    instanceUids: [uidOf(2e9 + number), uidOf(3e9 + number)] satisfies [string, string],
  };
};
const open = async () => openMap(await readFile(join(folder, 'm'), 'utf8'), privateKey);

test.each([0, 1, 9, 25, 3001])('of %i files has each patient and each UID once', async (files) => {
  const map = openMapWriter(join(folder, 'm'), { project: 'TRIAL', key });
  for (let number = 0; number < files; number += 1) map.add(identityOf(number));
  await map.finish();
  map.close();
  const { patients, uids } = await open();
  const wanted = Array.from({ length: files }, (_, number) => identityOf(number));
  const pairs = new Map(wanted.flatMap(({ sharedUids, instanceUids }) => [...sharedUids, instanceUids]));
  expect(uids).toEqual([...pairs].map(([original, mapped]) => ({ original, mapped })));
  expect(patients.map(({ subject }) => subject)).toEqual([...new Set(wanted.map(({ subject }) => subject))]);
  expect((await stat(join(folder, 'm'))).mode & 0o777).toBe(0o600);
});

test('holds what files share, and not each of a night', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const usedBytes = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const map = openMapWriter(join(folder, 'm'), { project: 'TRIAL', key });
  const before = usedBytes();
  // one patient in ten files: 10,000 of them
  for (let number = 0; number < 100_000; number += 1) map.add(identityOf(number));
  const held = usedBytes() - before;
  await map.finish();
  map.close();
  expect(held).toBeLessThan(10e6);
  expect((await open()).uids).toHaveLength(120_000);
});

test('leaves nothing behind where it is not finished', async () => {
  const map = openMapWriter(join(folder, 'm'), { project: 'TRIAL', key });
  map.add(identityOf(1));
  map.close();
  expect(await readdir(folder)).toEqual([]);
});

test('writes over nothing that came meanwhile, and through no link', async () => {
  await writeFile(join(folder, 'other'), 'x');
  await symlink(join(folder, 'other'), join(folder, 'm.part'));
  const map = openMapWriter(join(folder, 'm'), { project: 'TRIAL', key });
  map.add(identityOf(1));
  await writeFile(join(folder, 'm'), 'y');
  await expect(map.finish()).rejects.toThrow(expect.objectContaining({ exit: 'conflict' }));
  map.close();
  expect(await Promise.all(['m', 'other'].map((name) => readFile(join(folder, name), 'utf8')))).toEqual(['y', 'x']);
  await expect(access(join(folder, 'm.part'))).rejects.toThrow('ENOENT');
});
