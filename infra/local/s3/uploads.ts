import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Index } from './openIndex.ts';
import type { Pieces } from './pieces.ts';
import { s3Error } from './s3Error.ts';
import { Algorithm, StoredHeaders } from './versions.ts';

/** A multipart upload that is neither complete nor aborted. Its id becomes the version's id. */
export const Upload = z.object({
  uploadId: z.string(),
  bucket: z.string(),
  key: z.string(),
  algorithm: Algorithm,
  headers: StoredHeaders,
  createdMs: z.int(),
});
export type Upload = z.infer<typeof Upload>;

export function uploadsOf({ database }: Index, pieces: Pieces) {
  const insert = database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM uploads WHERE uploadId = ? AND bucket = ? AND key = ?');
  const selectMany = database.prepare(
    `SELECT * FROM uploads WHERE bucket = :bucket AND substr(key, 1, length(:prefix)) = :prefix
     AND (key > :key OR (key = :key AND uploadId > :uploadId)) ORDER BY key, uploadId LIMIT :limit`,
  );
  const deleteOne = database.prepare('DELETE FROM uploads WHERE uploadId = ?');
  return {
    begin({ bucket, key, algorithm, headers, createdMs }: Omit<Upload, 'uploadId'>): string {
      const uploadId = randomBytes(16).toString('hex');
      insert.run(uploadId, bucket, key, algorithm, JSON.stringify(headers), createdMs);
      return uploadId;
    },
    /** @throws NoSuchUpload */
    get(uploadId: string, bucket: string, key: string): Upload {
      const row = select.get(uploadId, bucket, key);
      if (row === undefined) throw s3Error('NoSuchUpload', 'The specified multipart upload does not exist');
      return Upload.parse(row);
    },
    list(query: { bucket: string; prefix: string; key: string; uploadId: string; limit: number }): Upload[] {
      return selectMany.all(query).map((row) => Upload.parse(row));
    },
    /** Ends the upload and leaves its pieces to the version of the same id. */
    end(uploadId: string): void {
      deleteOne.run(uploadId);
    },
    /** Answers the blobs of its parts. */
    abort(uploadId: string): string[] {
      deleteOne.run(uploadId);
      return pieces.removeAll(uploadId);
    },
  };
}
