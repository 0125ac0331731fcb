import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Creates the data directory, for this user alone, and holds it for this process; answers how to let it go.
 * @throws Error with a sentence for people when another live process holds it
 */
export function holdDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = join(directory, 'lock');
  const holder = readHolder(lock);
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new Error(
      `Cannot start: another Airlock (process ${holder}) uses ${directory}. Stop it, or set AIRLOCK_DATA to another directory`,
    );
  }
  writeFileSync(lock, String(process.pid), { mode: 0o600 });
  return () => {
    if (readHolder(lock) === process.pid) rmSync(lock, { force: true });
  };
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
