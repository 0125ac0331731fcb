import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type PackEntry, readPackDirectory } from '../../../core/pack/readPackDirectory.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { ByteRange } from '../../../core/submission/ports.ts';
import { isJunkFile } from '../../../core/upload/isJunkFile.ts';
import { refusal } from '../exitOf.ts';
import { leftOut } from './leftOut.ts';
import { type LocalFolder, openLocalFolder } from './localFolder.ts';
import { isUnreadable, markUnreadable } from './unreadable.ts';

/** A file to read: on disk, or in a ZIP on disk. Plain data, so that it can be handed to a worker. */
export interface LocalFile {
  /** As the person knows it: relative to what was named; a ZIP's own name stands before those in it. */
  path: string;
  sizeBytes: number;
  /** When a file of its own was last written to, in ms, as it was listed: what is packed has a CRC. */
  modifiedMs?: number;
  /** Absolute path of what to open. */
  source: string;
  /** Where it lies in the ZIP; absent for a file of its own. */
  packed?: PackEntry;
  /** A ZIP that cannot be read as one; it stands for all files in it. */
  isBrokenPack?: boolean;
}

interface LocalInput {
  files: LocalFile[];
  skipped: { junk: number; links: number };
}

/**
 * Lists files, folders and ZIPs, in the order named and by name within each. A ZIP in a folder is opened too, one in a
 * ZIP is not. Nothing is unpacked to disk, and names in a ZIP are names only.
 * @param paths at least one
 * @throws a refusal `local` for what is not there, `usage` when there is no file
 */
export async function openLocalInput(paths: readonly string[], cwd: string): Promise<LocalInput> {
  const input: LocalInput = { files: [], skipped: { junk: 0, links: 0 } };
  for (const [position, path] of paths.entries()) {
    const root = resolve(cwd, path);
    const folder = await openLocalFolder(root).catch((error: unknown) => {
      throw isMissing(error) ? refusal('local', notThere(position, paths.length)) : error;
    });
    input.skipped.junk += folder.skipped.junk;
    input.skipped.links += folder.skipped.links;
    await listFolder(input, folder);
  }
  if (input.files.length > 0) return input;
  throw refusal('usage', `There is no file to read there; ${leftOut(input.skipped)}`);
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const notThere = (position: number, count: number) =>
  `There is no file or folder of that name${count > 1 ? ` (argument ${position + 1})` : ''}: ` +
  'check its spelling, and put it in quotation marks when it has spaces';

async function listFolder(input: LocalInput, folder: LocalFolder): Promise<void> {
  for (const listed of folder.files) {
    const file = { ...listed, source: join(folder.root, listed.path) };
    const entries = await packedIn(file).catch(faultOf);
    if (entries === undefined) input.files.push(file);
    else if (entries === 'broken') input.files.push({ ...file, isBrokenPack: true });
    else for (const packed of entries) listEntry(input, file, packed);
  }
}

/** By its first bytes and its name: a Part 10 file may have the bytes of a ZIP in its preamble. */
async function isZip({ path, sizeBytes, source }: LocalFile): Promise<boolean> {
  if (sizeBytes < 22 || !/\.zip$/i.test(path)) return false;
  const magic = await readAt(source, { start: 0, end: 4 });
  return magic[0] === 0x50 && magic[1] === 0x4b;
}

/** Undefined for what is no ZIP. */
const packedIn = async (file: LocalFile) =>
  (await isZip(file)) ? readPackDirectory((range) => readAt(file.source, range), file.sizeBytes) : undefined;

/** What cannot be read stays a file: whoever reads it, as all others, learns so. */
function faultOf(error: unknown): 'broken' | undefined {
  if (DomainError.is(error) && error.name === 'PackInvalid') return 'broken';
  if (isUnreadable(error)) return undefined;
  throw error;
}

function listEntry(input: LocalInput, { path, source }: LocalFile, packed: PackEntry): void {
  // `..` is nothing here: nobody makes a path of a name in a ZIP
  const segments = packed.name.split('/').filter((segment) => !/^\.{0,2}$/.test(segment));
  if (isJunkFile(segments.join('/'))) input.skipped.junk += 1;
  else input.files.push({ path: `${path}/${packed.name}`, sizeBytes: packed.sizeBytes, source, packed });
}

async function readAt(path: string, { start, end }: ByteRange): Promise<Uint8Array> {
  const file = await open(path).catch(markUnreadable);
  try {
    const room = new Uint8Array(end - start);
    const { buffer, bytesRead } = await file.read(room, 0, room.length, start).catch(markUnreadable);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
