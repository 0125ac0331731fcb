import { expect, test } from 'vitest';
import type { Archive } from '../../../core/submission/ports.ts';
import { awaitedArchive } from '../../../lambdas/adapters/awaitedArchive.ts';

const session = { id: 's001', subject: 'S', session: 'E', patient: 'p', study: '1.2', xsiType: 'xnat:mrSessionData' };
const scan = { id: 'r0001', session: 's001', series: '1.2.3', scan: '1', modality: 'MR', xsiType: 'xnat:mrScanData' };
const target = { xnatProject: 'P', session, scan };

/** An archive that says which account it was opened with, and refuses the account 1. */
function archiveOf(account: number, ended: number[] = []): Archive {
  const admit = <Result>(result: Result) =>
    account === 1 ? Promise.reject(new Error('refused')) : Promise.resolve(result);
  return {
    lookUp: async () => ({ isSubjectNew: true, session: undefined, elsewhere: [] }),
    ensureScan: () => admit(undefined),
    listFiles: () => admit([]),
    putPack: () => admit(undefined),
    readHeaders: () => admit(undefined),
    digestFile: () => admit({ sizeBytes: account, md5: 'x', sha256: 'y' }),
    findRecord: () => admit(undefined),
    putRecord: () => admit(undefined),
    sessionUri: () => admit(`/account/${account}`),
    listPrearchived: () => admit([]),
    findSession: () => admit(undefined),
    findSubject: () => admit(undefined),
    listStored: () => admit([]),
    relabel: () => admit(undefined),
    importPack: () => admit(undefined),
    commit: () => admit(undefined),
    listInstances: () => admit(new Map()),
    readFields: () => admit({}),
    writeFields: () => admit(undefined),
    end: async () => void ended.push(account),
  };
}

test('opens the archive at the first call, keeps it, and opens it anew after a failed call', async () => {
  let opened = 0;
  const archive = awaitedArchive(async () => {
    opened += 1;
    return archiveOf(opened);
  });
  expect(opened).toBe(0);
  await expect(archive.sessionUri(target)).rejects.toThrow('refused');
  expect(await archive.sessionUri(target)).toBe('/account/2');
  expect(await archive.digestFile('/data/x')).toEqual({ sizeBytes: 2, md5: 'x', sha256: 'y' });
  await archive.ensureScan(target);
  await archive.putPack(target, { name: 'a.zip', body: (async function* () {})() });
  await archive.readHeaders(target);
  expect(await archive.listFiles(target)).toEqual([]);
  await archive.importPack(target, { body: (async function* () {})() });
  await archive.commit({ xnatProject: 'P', uri: '/data/prearchive/projects/P/1/E' }, 'job');
  expect(await archive.listPrearchived(target)).toEqual([]);
  expect(await archive.listInstances(target)).toEqual(new Map());
  expect(opened).toBe(2);
});

test('ends an archive that failed a call once nothing is under way there, and opens another', async () => {
  const ended: number[] = [];
  let opened = 0;
  const archive = awaitedArchive(async () => {
    opened += 1;
    return archiveOf(opened, ended);
  });
  await expect(archive.sessionUri(target)).rejects.toThrow('refused');
  expect(ended).toEqual([1]);
  expect(await archive.sessionUri(target)).toBe('/account/2');
  await archive.end();
  expect(ended).toEqual([1, 2]);
});

test('leaves one that failed a call to the calls that still use it, and never fails for not ending it', async () => {
  const ended: number[] = [];
  const slow = Promise.withResolvers<void>();
  const archive = awaitedArchive(async () => ({
    ...archiveOf(1, ended),
    async lookUp() {
      await slow.promise;
      expect(ended).toEqual([]);
      return { isSubjectNew: true, session: undefined, elsewhere: [] };
    },
    async end() {
      ended.push(1);
      throw new Error('not ended');
    },
  }));
  const looking = archive.lookUp(target);
  await expect(archive.sessionUri(target)).rejects.toThrow('refused');
  slow.resolve();
  expect(await looking).toMatchObject({ isSubjectNew: true });
  expect(ended).toEqual([1]);
});

test('ends the archive that is open, and opens none to end it', async () => {
  const ended: number[] = [];
  const archive = awaitedArchive(async () => archiveOf(2, ended));
  await archive.end();
  expect(ended).toEqual([]);
  await archive.ensureScan(target);
  await archive.end();
  expect(ended).toEqual([2]);
});
