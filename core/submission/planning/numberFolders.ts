import { limits } from '../../policy/limits.ts';
import type { NumberedLine } from './planBatches.ts';

/**
 * The folders that each file lies in, the innermost first, as numbers in the order of their appearance: what may be
 * passed on of a path.
 */
export function numberFolders(lines: Iterable<Pick<NumberedLine, 'file' | 'path'>>): Map<number, number[]> {
  const numbers = new Map<string, number>();
  const chains = new Map<string, number[]>();
  const numberOf = (folder: string): number => {
    const number = numbers.get(folder) ?? numbers.size;
    numbers.set(folder, number);
    return number;
  };
  const chainOf = (folder: string): number[] => {
    const chain = [numberOf(folder)];
    for (let at = folder; at !== '' && chain.length < limits.folderLevels; chain.push(numberOf(at))) at = parentOf(at);
    return chain;
  };
  const folders = new Map<number, number[]>();
  for (const { file, path } of lines) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const chain = chains.get(folder) ?? chainOf(folder);
    chains.set(folder, chain);
    folders.set(file, chain);
  }
  return folders;
}

/** Of a folder that ends with a slash; empty above all. */
function parentOf(folder: string): string {
  const name = folder.slice(0, -1);
  return name.slice(0, name.lastIndexOf('/') + 1);
}
