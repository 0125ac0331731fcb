import type { Archive } from '../../core/submission/ports.ts';
import { openedOnUse } from './openedOnUse.ts';

/** An archive that is opened by its first call, and anew after a failed one. */
export function awaitedArchive(open: () => Promise<Archive>): Archive {
  const { call, end } = openedOnUse(open);
  return {
    lookUp: (target) => call((archive) => archive.lookUp(target)),
    ensureScan: (target) => call((archive) => archive.ensureScan(target)),
    listFiles: (target) => call((archive) => archive.listFiles(target)),
    putPack: (target, pack) => call((archive) => archive.putPack(target, pack)),
    readHeaders: (target) => call((archive) => archive.readHeaders(target)),
    digestFile: (uri) => call((archive) => archive.digestFile(uri)),
    sessionUri: (target) => call((archive) => archive.sessionUri(target)),
    findSession: (uri) => call((archive) => archive.findSession(uri)),
    findSubject: (place) => call((archive) => archive.findSubject(place)),
    listStored: (item) => call((archive) => archive.listStored(item)),
    relabel: (session, to, job) => call((archive) => archive.relabel(session, to, job)),
    listPrearchived: (target) => call((archive) => archive.listPrearchived(target)),
    importPack: (target, pack) => call((archive) => archive.importPack(target, pack)),
    commit: (session, job) => call((archive) => archive.commit(session, job)),
    listInstances: (target) => call((archive) => archive.listInstances(target)),
    findRecord: (session, name) => call((archive) => archive.findRecord(session, name)),
    putRecord: (session, pack) => call((archive) => archive.putRecord(session, pack)),
    readFields: (session) => call((archive) => archive.readFields(session)),
    writeFields: (session, fields) => call((archive) => archive.writeFields(session, fields)),
    end,
  };
}
