import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** BENCH_FOLDER=/dev/shm measures in memory. */
const parent = process.env.BENCH_FOLDER ?? fileURLToPath(new URL('../../dist', import.meta.url));

/**
 * A new folder in the project, where a machine's data lie too. Not in the system's folder for temporary files: where many
 * files were deleted within the last minutes, as tests do there, ext4 takes up to 2 ms to make one.
 */
export function benchFolder(): string {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, 'bench-'));
}
