import { lstatSync } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ByteRange } from '../../../core/submission/ports.ts';
import { isJunkFile } from '../../../core/upload/isJunkFile.ts';
import type { ReadFile } from '../../../core/upload/readParts.ts';
import { refusal } from '../exitOf.ts';
import { counted } from '../terminal/counted.ts';

interface ListedFile {
  path: string;
  sizeBytes: number;
  /** When it was last written to; absent for a folder that cannot be listed. */
  modifiedMs?: number;
}

export interface LocalFolder {
  /** Absolute: what `path` is relative to. */
  root: string;
  /** Paths with `/`, relative to the root, in order. */
  files: ListedFile[];
  /** Files that are no data, and what is neither file nor folder: links are not followed. */
  skipped: { junk: number; links: number };
  readFile: ReadFile;
}

/**
 * Lists a folder, or one file as a folder of itself.
 * @throws errors of the file system; a refusal `local` for names that are not UTF-8, which a manifest cannot hold
 */
export async function openLocalFolder(path: string): Promise<LocalFolder> {
  const found = await lstat(path);
  const root = found.isDirectory() ? path : dirname(path);
  const folder: LocalFolder = {
    root,
    files: [],
    skipped: { junk: 0, links: 0 },
    readFile: (file, range, into) => readRange(join(root, file), range, into),
  };
  if (found.isDirectory()) requireNames(await walk(path, '', folder));
  else if (found.isFile()) folder.files.push(listedFile(basename(path), found));
  else folder.skipped.links += 1;
  return folder;
}

/** Answers how many names are not UTF-8. */
async function walk(root: string, inside: string, folder: LocalFolder): Promise<number> {
  let unnamable = 0;
  const entries = await listed(join(root, inside)).catch((error: unknown) => {
    if (inside === '') throw error;
    // stands for what is in it: whoever reads it learns that it cannot be read
    folder.files.push({ path: inside, sizeBytes: 0 });
    return [];
  });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (isJunkFile(entry.name)) folder.skipped.junk += 1;
    else if (!isFound(root, path)) unnamable += 1;
    else if (entry.isDirectory()) unnamable += await walk(root, path, folder);
    else if (!entry.isFile()) folder.skipped.links += 1;
    // at once: to hand each of many thousand calls to another thread takes ten times as long
    else folder.files.push(listedFile(path, lstatSync(join(root, path))));
  }
  return unnamable;
}

const listedFile = (path: string, { size, mtimeMs }: { size: number; mtimeMs: number }): ListedFile => ({
  ...{ path, sizeBytes: size, modifiedMs: mtimeMs },
});

const listed = (path: string) => readdir(path, { withFileTypes: true });

/** Node puts U+FFFD where a name is not UTF-8; there is no file of such a name, unless somebody named it so. */
function isFound(root: string, path: string): boolean {
  if (!path.includes('\uFFFD')) return true;
  try {
    lstatSync(join(root, path));
    return true;
  } catch {
    // ENOENT, or ENAMETOOLONG: U+FFFD takes three bytes where the name has one
    return false;
  }
}

function requireNames(unnamable: number): void {
  if (unnamable === 0) return;
  throw refusal(
    'local',
    `Cannot read the folder: ${counted(unnamable, 'name of a file or folder is', 'names of files or folders are')} not UTF-8, rename those (\`ls -b\` shows them)`,
  );
}

/** Fewer bytes only where the file ends. */
async function readRange(
  path: string,
  { start, end }: ByteRange,
  into: Uint8Array<ArrayBuffer> = new Uint8Array(end - start),
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  try {
    const bytes = into.subarray(0, end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}
