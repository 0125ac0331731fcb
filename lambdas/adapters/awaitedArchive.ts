import type { Archive } from '../../core/submission/ports.ts';

/**
 * An archive whose account is a secret that is read when the first call comes. After a failed call it is read again,
 * so that a changed password needs no new function.
 */
export function awaitedArchive(open: () => Promise<Archive>): Archive {
  let opened: Promise<Archive> | undefined;
  const call = async <Result>(use: (archive: Archive) => Promise<Result>): Promise<Result> => {
    opened ??= open();
    try {
      return await use(await opened);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  return {
    lookUp: (target) => call((archive) => archive.lookUp(target)),
    ensureScan: (target) => call((archive) => archive.ensureScan(target)),
    listFiles: (target) => call((archive) => archive.listFiles(target)),
    putPack: (target, pack) => call((archive) => archive.putPack(target, pack)),
    readHeaders: (target) => call((archive) => archive.readHeaders(target)),
    digestFile: (uri) => call((archive) => archive.digestFile(uri)),
    sessionUri: (target) => call((archive) => archive.sessionUri(target)),
    listPrearchived: (target) => call((archive) => archive.listPrearchived(target)),
    importPack: (target, pack) => call((archive) => archive.importPack(target, pack)),
    commit: (session, job) => call((archive) => archive.commit(session, job)),
    listInstances: (target) => call((archive) => archive.listInstances(target)),
    async end() {
      const archive = await opened?.catch(() => undefined);
      await archive?.end();
    },
  };
}
