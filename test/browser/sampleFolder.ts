import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { dicomSlice } from './dicomSlice.ts';

const study = '1.2.826.0.1.3680043.10.9.1';

/** A folder as a scanner's export leaves it: slices of two series, a note, and what the operating system adds. */
export async function sampleFolder(patients = ['DOE-4711']): Promise<{ path: string; slices: number }> {
  const path = await mkdtemp(join(tmpdir(), 'airlock-folder-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const write = async (name: string, bytes: Uint8Array | string) => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), bytes);
  };
  let slices = 0;
  for (const [index, patient] of patients.entries()) {
    for (const seriesNumber of [1, 2]) {
      for (let instance = 1; instance <= 12; instance += 1) {
        const own = `${study}${index}`;
        const bytes = dicomSlice({ patient, study: own, series: `${own}.${seriesNumber}`, instance, seriesNumber });
        await write(`export/${patient}/series-${seriesNumber}/IM${String(instance).padStart(4, '0')}`, bytes);
        slices += 1;
      }
    }
  }
  await write('export/notes.txt', 'The patient moved in the second series.\n');
  await write('export/.DS_Store', 'x');
  await write('export/Thumbs.db', 'x');
  return { path: join(path, 'export'), slices };
}
