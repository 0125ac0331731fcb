import { createHash } from 'node:crypto';
import type { Receipt } from '../../../core/audit/Receipt.ts';
import type { CliContext } from '../CliContext.ts';
import { type LocalFolder, openLocalFolder } from '../files/localFolder.ts';
import { streamLocalFile } from '../files/streamLocalFile.ts';
import { counted } from '../terminal/counted.ts';
import { printable } from '../terminal/reporter.ts';

interface Comparison {
  receipt: Receipt;
  /** By file number, when the copy of the receipt has them. */
  paths: readonly string[] | undefined;
  /** Absolute. */
  folder: string;
}

/**
 * Proves that every file of the receipt is in a folder, by SHA-256 whatever its name is now.
 * @returns how many are not
 */
export async function compareWithFolder(
  { out, err, signal }: CliContext,
  { receipt, paths, folder }: Comparison,
): Promise<number> {
  const local = await openLocalFolder(folder);
  const digests = new Map<string, string[]>();
  for (const file of local.files) {
    signal.throwIfAborted();
    const sha256 = await digestFile(local, file);
    digests.set(sha256, [...(digests.get(sha256) ?? []), file.path]);
  }
  const missing = receipt.files.filter(({ sha256 }) => !digests.has(sha256));
  for (const { file } of missing) out(printable(`missing  file ${file}  ${paths?.[file] ?? ''}`.trimEnd()));
  const named = new Set(receipt.files.map(({ sha256 }) => sha256));
  const others = [...digests].filter(([sha256]) => !named.has(sha256)).flatMap(([, some]) => some);
  for (const path of others) out(printable(`not in the receipt  ${path}`));
  err(
    `${receipt.files.length - missing.length} of ${counted(receipt.files.length, 'file is', 'files are')} here; ${counted(others.length, 'other is', 'others are')} not in the receipt`,
  );
  return missing.length;
}

async function digestFile(folder: LocalFolder, file: LocalFolder['files'][number]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of streamLocalFile(folder, file)) hash.update(chunk);
  return hash.digest('hex');
}
