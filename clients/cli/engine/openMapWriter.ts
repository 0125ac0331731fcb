import type { KeyObject } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { refusal } from '../exitOf.ts';
import { isThere } from '../files/isThere.ts';
import type { MappedIdentity } from './cleanFile.ts';
import { sealMap } from './identifierMap.ts';

/** Who and what stood in the files, written as they come. */
export interface MapWriter {
  add(identity: MappedIdentity): void;
  /** Gives it its name. @throws a refusal `conflict` when a file of that name came meanwhile */
  finish(): Promise<void>;
  /** Leaves nothing of a map that was not finished. */
  close(): void;
}

/** So much is encrypted and written at once. */
const blockLength = 64 * 1024;

/**
 * Opens a map encrypted to a key: before the work, so that hours of it do not end where nothing can be written, and
 * written while it goes on, so that only patients, studies and series are held, not each instance. Nothing of it is on
 * disk in the clear at any time.
 * @throws errors of the file system
 */
export function openMapWriter(path: string, { project, key }: { project: string; key: KeyObject }): MapWriter {
  const unfinished = `${path}.part`;
  // that of a killed run goes first, or a link that somebody left there
  rmSync(unfinished, { force: true });
  let file: number | undefined = openSync(unfinished, 'wx', 0o600);
  const sealed = sealMap(key);
  const write = (text: string) => file !== undefined && writeAll(file, text);
  const patients = new Map<string, Omit<MappedIdentity, 'sharedUids' | 'instanceUids'>>();
  /** Of studies and series, which many files share. */
  const shared = new Set<string>();
  let waiting = `{"v":1,"project":${JSON.stringify(project)},"uids":[`;
  let isFirst = true;
  const say = (text: string) => {
    waiting += text;
    if (waiting.length < blockLength) return;
    write(sealed.add(waiting));
    waiting = '';
  };
  const sayPair = (original: string, mapped: string) => {
    say(`${isFirst ? '' : ','}${JSON.stringify({ original, mapped })}`);
    isFirst = false;
  };
  const closeOpened = () => {
    const open = file;
    file = undefined;
    if (open !== undefined) closeSync(open);
  };
  write(sealed.head);
  return {
    add({ sharedUids, instanceUids, ...patient }) {
      patients.set(JSON.stringify([patient.patientId, patient.issuer, patient.subject]), patient);
      for (const [original, mapped] of sharedUids) {
        if (!shared.has(original)) sayPair(original, mapped);
        shared.add(original);
      }
      sayPair(...instanceUids);
    },
    async finish() {
      say(`],"patients":[`);
      let between = '';
      for (const patient of patients.values()) {
        say(`${between}${JSON.stringify(patient)}`);
        between = ',';
      }
      write(`${sealed.add(`${waiting}]}`)}${sealed.end()}\n`);
      closeOpened();
      if (await isThere(path)) throw refusal('conflict', 'Cannot write the map: a file of that name came meanwhile');
      renameSync(unfinished, path);
    },
    close() {
      try {
        closeOpened();
      } finally {
        rmSync(unfinished, { force: true });
      }
    },
  };
}

/** A full disk may take a part of what it is given. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'ascii');
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
