import type { NumberedLine } from './planBatches.ts';

/** The folder of each file, as the number of the first file in it: what may be passed on of a path. */
export function numberFolders(lines: Iterable<Pick<NumberedLine, 'file' | 'path'>>): Map<number, number> {
  const first = new Map<string, number>();
  const folders = new Map<number, number>();
  for (const { file, path } of lines) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (!first.has(folder)) first.set(folder, file);
    folders.set(file, first.get(folder) ?? file);
  }
  return folders;
}
