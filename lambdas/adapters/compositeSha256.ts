import { createHash } from 'node:crypto';

/** S3's composite SHA-256 of a multipart object: base64 over the parts' digests (base64 each), with their number. */
export function compositeSha256(parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part, 'base64');
  return `${hash.digest('base64')}-${parts.length}`;
}
