import type { Receipt } from '../../audit/Receipt.ts';
import type { Archive, ArchivedFile } from '../../submission/ports.ts';
import type { Turn } from '../turns/takeTurn.ts';

export type Proven = NonNullable<Receipt['files'][number]['archived']>;

/**
 * How many files of a receipt are no more in XNAT as it says, by size and MD5: by download where XNAT lists no digest.
 * @throws what the archive throws
 */
export async function countAltered(
  archive: Pick<Archive, 'listStored' | 'digestFile'>,
  files: readonly Proven[],
  turn: Turn,
): Promise<number> {
  const holderOf = ({ uri }: { uri: string }) => uri.slice(0, uri.indexOf('/resources/'));
  const tailOf = ({ uri }: { uri: string }) => uri.slice(uri.indexOf('/resources/'));
  let altered = 0;
  for (const [holder, members] of Map.groupBy(files, holderOf)) {
    await turn.keep();
    const listed = new Map((await archive.listStored(holder)).map((file) => [tailOf(file), file]));
    for (const file of members) {
      const isSame = await isEqual(archive, { file, listed: listed.get(tailOf(file)), turn });
      if (!isSame) altered += 1;
    }
  }
  return altered;
}

async function isEqual(
  archive: Pick<Archive, 'digestFile'>,
  { file, listed, turn }: { file: Proven; listed: ArchivedFile | undefined; turn: Turn },
): Promise<boolean> {
  if (listed?.sizeBytes !== file.sizeBytes) return false;
  if (listed.md5 !== undefined) return listed.md5 === file.md5;
  await turn.keep();
  return (await archive.digestFile(listed.uri)).md5 === file.md5;
}
