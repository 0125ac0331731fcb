import type { Delivery } from '../contracts/steps.ts';
import type { Archive, ArchivedFile } from '../ports.ts';
import { resourceFolder } from './resourceFolder.ts';

type Awaited = Delivery['files'][number];

interface Comparison {
  /** Sent and listed with equal size and MD5. */
  equal: { awaited: Awaited; listed: ArchivedFile; md5: string }[];
  absent: Awaited[];
  different: Awaited[];
  /** Listed under names that are not ours. */
  foreign: ArchivedFile[];
}

/** Compares a delivery with what XNAT lists; files without a digest in the listing are downloaded and hashed. */
export async function compareArchive(
  archive: Pick<Archive, 'listFiles' | 'digestFile'>,
  delivery: Delivery,
): Promise<Comparison> {
  const listed = new Map((await archive.listFiles(delivery)).map((file) => [file.name, file]));
  const comparison: Comparison = { equal: [], absent: [], different: [], foreign: [] };
  for (const awaited of delivery.files) {
    const file = listed.get(awaited.name);
    listed.delete(awaited.name);
    if (file === undefined) {
      comparison.absent.push(awaited);
      continue;
    }
    const found = file.md5 === undefined ? await archive.digestFile(file.uri) : { md5: file.md5, sha256: undefined };
    const { md5, sha256 = awaited.sha256 } = found;
    const isSame = file.sizeBytes === awaited.sizeBytes && md5 === awaited.md5;
    if (isSame && (awaited.sha256 === undefined || sha256 === awaited.sha256))
      comparison.equal.push({ awaited, listed: file, md5 });
    else comparison.different.push(awaited);
  }
  // what many sessions share holds files of others by its nature
  if (resourceFolder(delivery) === '') comparison.foreign = [...listed.values()];
  return comparison;
}
