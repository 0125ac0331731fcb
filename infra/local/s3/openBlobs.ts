import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { s3Error } from './s3Error.ts';

/** Chunks of a socket have 64 KiB; one write for sixteen of them spares the thread pool. */
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES = 1024 * 1024;

export type Blobs = Awaited<ReturnType<typeof openBlobs>>;

/**
 * Bytes on disk, one file a part or single put, never changed once written. A blob exists for readers when the index
 * names it: so a file needs no temporary name, and one left by a crash is an orphan that the next start removes.
 *
 * Nothing is flushed to the disk (fsync) but on `flush`: the page cache outlives the process, and after a power
 * failure a client still has what it uploaded. Versions under Object Lock, the receipts, are flushed.
 */
export async function openBlobs(dataDir: string) {
  const root = join(dataDir, 'blobs');
  const folders = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
  await Promise.all(folders.map((folder) => mkdir(join(root, folder), { recursive: true, mode: 0o700 })));
  const pathOf = (blob: string) => join(root, blob.slice(0, 2), blob);
  return {
    /** Writes all chunks into a new blob; leaves nothing behind when the source or the disk fails. */
    async write(chunks: AsyncIterable<Uint8Array>): Promise<{ blob: string; sizeBytes: number }> {
      const blob = randomBytes(16).toString('hex');
      const file = await open(pathOf(blob), 'wx', 0o600);
      try {
        const sizeBytes = await writeChunks(file, chunks);
        await file.close();
        return { blob, sizeBytes };
      } catch (error) {
        await file.close();
        await rm(pathOf(blob), { force: true });
        throw error;
      }
    },
    /**
     * Bytes of a blob from `start` to before `end`. Two buffers take turns: a chunk stays as it is until the next but
     * one is asked for. @throws InternalError when the file is shorter than that
     */
    async *read(blob: string, start: number, end: number): AsyncGenerator<Uint8Array> {
      const file = await open(pathOf(blob), 'r');
      try {
        const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(READ_BYTES, end - start)));
        for (let position = start, turn = 0; position < end; turn = 1 - turn) {
          const buffer = buffers[turn] ?? Buffer.alloc(0);
          const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - position), position);
          if (bytesRead === 0) throw s3Error('InternalError', 'A stored object is damaged');
          position += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
    async remove(blobs: string[]): Promise<void> {
      for (const blob of blobs) await rm(pathOf(blob), { force: true });
    },
    /** Brings a blob and its directory entry to the disk itself. */
    async flush(blob: string): Promise<void> {
      await syncFile(pathOf(blob));
      await syncFile(join(root, blob.slice(0, 2)));
    },
    /** Removes what no index row names. */
    async sweep(isNamed: (blob: string) => boolean): Promise<void> {
      for (const folder of folders) {
        const orphans = (await readdir(join(root, folder))).filter((blob) => !isNamed(blob));
        for (const orphan of orphans) await rm(join(root, folder, orphan), { force: true });
      }
    },
  };
}

async function writeChunks(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  const writeBatch = async () => {
    const { bytesWritten } = await file.writev(batch);
    if (bytesWritten !== batchBytes) throw new Error(`Write a blob: ${bytesWritten} of ${batchBytes} bytes written`);
    sizeBytes += batchBytes;
    batch = [];
    batchBytes = 0;
  };
  for await (const chunk of chunks) {
    batch.push(chunk);
    batchBytes += chunk.length;
    if (batchBytes >= WRITE_BYTES) await writeBatch();
  }
  if (batchBytes > 0) await writeBatch();
  return sizeBytes;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
