import { readPackDirectory } from '../../core/pack/readPackDirectory.ts';
import { readPackedFiles } from '../../core/pack/readPackedFiles.ts';
import { codecs, collect, streamOf } from '../core/pack/streams.ts';

/** The files of a pack by name, as the pipeline reads them. */
export async function unpack(pack: Uint8Array): Promise<Map<string, Uint8Array>> {
  const entries = await readPackDirectory(async ({ start, end }) => pack.slice(start, end), pack.length);
  const plan = entries.map((entry, file) => ({ ...entry, file, sha256: '0'.repeat(64) }));
  const contents = new Map<string, Uint8Array>();
  for await (const { planned, body } of readPackedFiles(streamOf(pack, 65_536), plan, 0, codecs)) {
    contents.set(entries[planned.file]?.name ?? '', await collect(body));
  }
  return contents;
}
