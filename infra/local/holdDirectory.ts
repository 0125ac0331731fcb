import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Creates a directory, for this user alone, and holds it for this process; answers how to let it go. A process that
 * was killed holds nothing any more.
 * @throws Error with a sentence for people when another live process holds it
 */
export function holdDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = join(directory, 'lock');
  const holder = takeLock(lock);
  if (holder !== undefined) throw inUse(directory, holder);
  return () => {
    if (readHolder(lock) === process.pid) rmSync(lock, { force: true });
  };
}

/** Answers the live process that has the lock, or undefined once it is ours. */
function takeLock(lock: string): number | undefined {
  try {
    writeFileSync(lock, String(process.pid), { mode: 0o600, flag: 'wx' });
    return undefined;
  } catch {
    const holder = readHolder(lock);
    if (holder !== undefined && isAlive(holder)) return holder;
    rmSync(lock, { force: true });
    return takeLock(lock);
  }
}

function readHolder(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to another user
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const inUse = (directory: string, holder: number) =>
  new Error(
    `Cannot start: another Airlock (process ${holder}) uses ${directory}. Stop it, or set AIRLOCK_DATA to another directory`,
  );
