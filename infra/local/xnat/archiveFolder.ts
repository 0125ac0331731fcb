import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Resource } from './archiveStore.ts';
import { refusal } from './refusal.ts';

/** Longest file name on Linux (NAME_MAX). */
const NAME_BYTES = 255;
/** Catalog documents follow a resource's last change at this distance, so that a thousand single files cost one write. */
const CATALOG_DELAY_MS = 250;

/** Written at once. */
const GATHERED_BYTES = 1024 * 1024;
/** Kept for the next uploads. */
const FREE_BUFFERS = 4;
const freeBuffers: Buffer[] = [];

/** Bytes that arrived whole, not yet in place. */
export interface Arrived {
  temporary: string;
  sizeBytes: number;
  /** MD5 hex. */
  digest: string;
  isPlaced: boolean;
}

/** The archive on disk, laid out as XNAT does: archive/P/arc001/E/SCANS/1/DICOM/…, a catalog beside the files. */
export function openArchiveFolder(dataDir: string) {
  const incoming = join(dataDir, 'incoming');
  // what a killed process was receiving is in no catalog
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true });
  const due = new Map<number, () => Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const pathOf = (resource: Resource, name: string) => join(dataDir, resource.folder, checkName(resource, name));
  let flushing = Promise.resolve();
  const writeDue = async () => {
    clearTimeout(timer);
    timer = undefined;
    const writes = [...due.values()];
    due.clear();
    for (const write of writes) await write();
  };
  // one after the other: who waits for a flush, waits for those that began before it too
  const flush = () => {
    flushing = flushing.catch(() => undefined).then(writeDue);
    return flushing;
  };

  return {
    pathOf,
    /** Streams bytes to a temporary file; leaves nothing when the source breaks off. */
    async receive(body: AsyncIterable<Uint8Array>): Promise<Arrived> {
      const temporary = join(incoming, randomUUID());
      const hash = createHash('md5');
      const file = await open(temporary, 'wx');
      try {
        const sizeBytes = await writeAll(file, body, (chunk) => hash.update(chunk));
        return { temporary, sizeBytes, digest: hash.digest('hex'), isPlaced: false };
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    },
    async place(arrived: Arrived, resource: Resource, name: string) {
      const { temporary } = arrived;
      const path = pathOf(resource, name);
      await rename(temporary, path).catch(async () => {
        await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
      });
      arrived.isPlaced = true;
    },
    /** A second name for a stored file, in place of what stands there. */
    async link(from: Resource, to: Resource, name: string) {
      const path = pathOf(to, name);
      await mkdir(dirname(path), { recursive: true });
      await rm(path, { force: true });
      await link(pathOf(from, name), path);
    },
    async discard({ temporary, isPlaced }: Arrived) {
      if (!isPlaced) await rm(temporary, { force: true });
    },
    read: (resource: Resource, name: string) => createReadStream(pathOf(resource, name)),
    stat: (resource: Resource, name: string) => stat(pathOf(resource, name)).catch(() => undefined),
    remove: (resource: Resource, name: string) => rm(pathOf(resource, name), { force: true }),
    async removeAll(resource: Resource) {
      due.delete(resource.id);
      // a catalog that is being written would come back into the folder
      await flushing.catch(() => undefined);
      await rm(join(dataDir, resource.folder), { recursive: true, force: true });
    },
    /** Paths of all files of a resource on disk, its catalog left out. */
    async list(resource: Resource): Promise<string[]> {
      const root = join(dataDir, resource.folder);
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .filter((name) => name !== catalogName(resource));
    },
    /** Has the catalog document written soon; the database is the truth, the document is for people and backups. */
    writeCatalogSoon(resource: Resource, render: () => string) {
      due.set(resource.id, async () => {
        const path = join(dataDir, resource.folder, catalogName(resource));
        await mkdir(dirname(path), { recursive: true });
        await writeFile(`${path}.new`, render());
        await rename(`${path}.new`, path);
      });
      timer ??= setTimeout(() => void flush(), CATALOG_DELAY_MS);
    },
    flush,
  };
}
export type ArchiveFolder = ReturnType<typeof openArchiveFolder>;

/**
 * Writes a megabyte at a time, and asks for the next chunk when what it has is written or copied: the source may use one
 * buffer again and again, and small chunks are gone before the collector has to look at them.
 */
async function writeAll(file: FileHandle, body: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void) {
  const gathered = freeBuffers.pop() ?? Buffer.allocUnsafeSlow(GATHERED_BYTES);
  let filled = 0;
  let sizeBytes = 0;
  const write = async (chunk: Uint8Array) => {
    const { bytesWritten } = await file.write(chunk);
    if (bytesWritten !== chunk.byteLength) throw new Error(`Cannot write ${chunk.byteLength} bytes: the disk is full`);
    filled = 0;
  };
  try {
    for await (const chunk of body) {
      see(chunk);
      sizeBytes += chunk.byteLength;
      if (filled + chunk.byteLength > GATHERED_BYTES && filled > 0) await write(gathered.subarray(0, filled));
      if (chunk.byteLength > GATHERED_BYTES / 4 && filled === 0) await write(chunk);
      else {
        gathered.set(chunk, filled);
        filled += chunk.byteLength;
      }
    }
    if (filled > 0) await write(gathered.subarray(0, filled));
    return sizeBytes;
  } finally {
    if (freeBuffers.length < FREE_BUFFERS) freeBuffers.push(gathered);
  }
}

const catalogName = ({ label }: Resource) => `${label}_catalog.xml`;

/** @throws refusal 400 for a path that leaves the resource or hides its catalog */
function checkName(resource: Resource, name: string): string {
  const isBad = (segment: string) =>
    segment === '' || segment === '.' || segment === '..' || Buffer.byteLength(segment) > NAME_BYTES;
  if (/[\0\\]/.test(name) || name.split('/').some(isBad) || name === catalogName(resource)) {
    throw refusal(400, 'The file path is not allowed');
  }
  return name;
}
