import { openBlobs } from './openBlobs.ts';
import { openIndex } from './openIndex.ts';
import { piecesOf } from './pieces.ts';
import type { ReceivedBody } from './receiveBody.ts';
import type { BucketOptions, ObjectCreated } from './s3Options.ts';
import { uploadsOf } from './uploads.ts';
import { type Version, versionsOf } from './versions.ts';

const DAY_MS = 24 * 3600 * 1000;

/** What is in the request's body once it is written and verified. */
interface StoredBody {
  blob: string;
  sizeBytes: number;
  /** Base64; undefined when the request named no checksum. */
  checksum: string | undefined;
}

export type Store = Awaited<ReturnType<typeof openStore>>;

/** Everything the server keeps, under one folder. Blobs that a crash left without a row are removed first. */
export async function openStore(options: {
  dataDir: string;
  nowMs: () => number;
  onObjectCreated: (event: ObjectCreated) => void;
}) {
  const blobs = await openBlobs(options.dataDir);
  const index = openIndex(options.dataDir);
  const pieces = piecesOf(index);
  const named = index.namedBlobs();
  await blobs.sweep((blob) => named.has(blob));
  return {
    blobs,
    index,
    pieces,
    versions: versionsOf(index, pieces),
    uploads: uploadsOf(index, pieces),
    nowMs: options.nowMs,
    /** Writes a body and commits it to the index; when it is refused, no byte stays. */
    async keepBody<Result>(
      body: ReceivedBody,
      commit: (stored: StoredBody) => Result | Promise<Result>,
    ): Promise<Result> {
      const written = await blobs.write(body.chunks);
      try {
        return await commit({ ...written, checksum: body.verify() });
      } catch (error) {
        await blobs.remove([written.blob]);
        throw error;
      }
    },
    lockedUntilMs(bucket: BucketOptions): number {
      return bucket.objectLockDays === undefined ? 0 : options.nowMs() + bucket.objectLockDays * DAY_MS;
    },
    reportCreated(bucket: BucketOptions, { key, sizeBytes, versionId, etag, seq }: Version): void {
      if (!bucket.notify) return;
      const sequencer = seq.toString(16).padStart(16, '0').toUpperCase();
      options.onObjectCreated({ bucket: bucket.name, key, sizeBytes, versionId, etag, sequencer });
    },
    close: () => index.close(),
  };
}
