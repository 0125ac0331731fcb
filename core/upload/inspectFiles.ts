import { type InspectedFile, type InspectPorts, inspectFile } from './inspectFile.ts';
import type { ReadFile } from './readParts.ts';

/** One file is read while another is hashed. More would only take memory: a small file is held whole. */
const filesAtOnce = 2;

/**
 * Inspects files, two at a time; answers in the order of the list, while `onFile` hears of each as it ends.
 * @throws the first failure, which ends the rest, also one of `onFile`
 */
export async function inspectFiles(
  { readFile, ...ports }: InspectPorts,
  files: readonly { path: string; sizeBytes: number }[],
  onFile: (inspected: InspectedFile) => void,
): Promise<InspectedFile[]> {
  const inspected: InspectedFile[] = [];
  const waiting = files.entries();
  let failed = false;
  const lane = async () => {
    // one file after the other, so one piece of memory serves them all
    let memory = new Uint8Array(0);
    const readInto: ReadFile = (path, range) => {
      if (memory.length < range.end - range.start) memory = new Uint8Array(range.end - range.start);
      return readFile(path, range, memory);
    };
    for (const [index, file] of waiting) {
      if (failed) return;
      const found = await inspectFile({ ...ports, readFile: readInto }, file);
      // a file that was under way when another failed is told to nobody
      if (failed) return;
      inspected[index] = found;
      onFile(found);
    }
  };
  const lanes = Array.from({ length: filesAtOnce }, () =>
    lane().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(lanes);
  return inspected;
}
