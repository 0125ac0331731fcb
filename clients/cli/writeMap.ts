import type { KeyObject } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { MappedIdentity } from './cleanFile.ts';
import { sealMap } from './identifierMap.ts';

interface Mapping {
  project: string;
  written: readonly { identity?: MappedIdentity }[];
  /** Of whoever may open the map. */
  key: KeyObject;
}

/**
 * Writes who and what stood in the files, encrypted to a key. Nothing of it is on disk in the clear at any time.
 */
export async function writeMap(path: string, { project, written, key }: Mapping): Promise<void> {
  const patients = new Map<string, Omit<MappedIdentity, 'uids'>>();
  const uids = new Map<string, string>();
  for (const { identity } of written) {
    if (identity === undefined) continue;
    const { uids: pairs, ...patient } = identity;
    patients.set(JSON.stringify([patient.patientId, patient.issuer, patient.subject]), patient);
    for (const [original, mapped] of pairs) uids.set(original, mapped);
  }
  const sealed = sealMap(
    {
      ...{ v: 1, project },
      patients: [...patients.values()],
      uids: [...uids].map(([original, mapped]) => ({ original, mapped })),
    },
    key,
  );
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, `${sealed}\n`, { mode: 0o600 });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}
