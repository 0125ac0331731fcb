import { rmSync } from 'node:fs';
import { largeHeads } from '../fixtures/largeHeads.ts';
import { runLargeHead } from '../fixtures/runLargeHead.ts';
import { benchFolder } from './benchFolder.ts';

/** `npm run bench -- heads`: files whose heads are as large as they may be, through `airlock deid` one by one. */
export async function benchHeads(): Promise<void> {
  const folder = benchFolder();
  try {
    console.log('\nThe largest heads, by airlock deid with both of its readings');
    for (const large of largeHeads) {
      const { outcome, seconds, peakBytes } = await runLargeHead(large, folder);
      const measured = `${seconds.toFixed(1).padStart(5)} s ${(peakBytes / 1e6).toFixed(0).padStart(4)} MB`;
      console.log(`  ${large.shape.padEnd(48)} ${measured}  ${outcome}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
