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
  const own = holderText(process.pid);
  const holder = takeLock(lock, own);
  if (holder !== undefined) throw inUse(directory, holder);
  return () => {
    if (readLock(lock) === own) rmSync(lock, { force: true });
  };
}

/** Answers the id of the live process that has the lock, or undefined once it is ours. */
function takeLock(lock: string, own: string): number | undefined {
  try {
    writeFileSync(lock, own, { mode: 0o600, flag: 'wx' });
    return undefined;
  } catch {
    const held = readLock(lock);
    const pid = Number(held.split(' ')[0]);
    if (pid > 0 && isAlive(pid) && holderText(pid) === held) return pid;
    rmSync(lock, { force: true });
    return takeLock(lock, own);
  }
}

function readLock(lock: string): string {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

/**
 * A process by its id and, where the kernel tells it, its start: ids are used again, above all in containers. A dead
 * process that nobody has reaped yet (a zombie) has no text of its own.
 */
function holderText(pid: number): string {
  try {
    // proc(5): the command's name, in parentheses, may itself hold any character
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const startTicks = fields[18];
    return state === 'Z' ? '' : `${pid} ${startTicks}`;
  } catch {
    return `${pid}`;
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
