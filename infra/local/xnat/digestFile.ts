import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** MD5 of a file on disk, hex, streamed. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
