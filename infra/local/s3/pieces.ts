import * as z from 'zod';
import type { Index } from './openIndex.ts';

/** A part, or the whole of a single put. Its blob's random name is its ETag. */
export const Piece = z.object({
  number: z.int(),
  blob: z.string(),
  sizeBytes: z.int(),
  /** Base64, in the algorithm of its upload or version. */
  checksum: z.string().nullable(),
  createdMs: z.int(),
});
export type Piece = z.infer<typeof Piece>;

export type Pieces = ReturnType<typeof piecesOf>;

/** The pieces of versions and uploads. Whoever deletes removes the blobs it is given once its transaction is through. */
export function piecesOf({ database }: Index) {
  const insert = database.prepare('INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM pieces WHERE owner = ? AND number > ? ORDER BY number LIMIT ?');
  const deleteOne = database.prepare('DELETE FROM pieces WHERE owner = ? AND number = ?');
  const deleteAll = database.prepare('DELETE FROM pieces WHERE owner = ?');
  const list = (owner: string, after = 0, limit = -1): Piece[] =>
    select.all(owner, after, limit).map((row) => Piece.parse(row));
  return {
    list,
    /** Answers the blobs that were replaced. */
    put(owner: string, { number, blob, sizeBytes, checksum, createdMs }: Piece): string[] {
      const [earlier] = list(owner, number - 1, 1);
      insert.run(owner, number, blob, sizeBytes, checksum, createdMs);
      return earlier?.number === number ? [earlier.blob] : [];
    },
    /** Deletes the pieces whose number is not among these; answers their blobs. */
    keepOnly(owner: string, numbers: Set<number>): string[] {
      const dropped = list(owner).filter((piece) => !numbers.has(piece.number));
      for (const piece of dropped) deleteOne.run(owner, piece.number);
      return dropped.map((piece) => piece.blob);
    },
    /** Answers the blobs of what was deleted. */
    removeAll(owner: string): string[] {
      const blobs = list(owner).map((piece) => piece.blob);
      deleteAll.run(owner);
      return blobs;
    },
  };
}
