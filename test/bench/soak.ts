import { randomInt } from 'node:crypto';
import { soakDeid } from '../fixtures/soakDeid.ts';

/** `npm run soak -- [RUNS] [SEED]`: damages files and de-identifies them, a million times unless told otherwise. */
const [runs = '1000000', seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
const perRound = 50_000;

console.log(`seed ${seed}, ${runs} runs`);
for (let done = 0; done < Number(runs); done += perRound) {
  const round = { seed: Number(seed) + done, runs: Math.min(perRound, Number(runs) - done) };
  const start = performance.now();
  const { outcomes, slowestMs } = await soakDeid(round);
  const told = Object.entries(outcomes).sort(([, left], [, right]) => right - left);
  console.log(
    `${done + round.runs} runs: ${((performance.now() - start) / 1000).toFixed(1)} s, slowest ${slowestMs.toFixed(0)} ms,`,
    `memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB,`,
    told.map(([code, count]) => `${code} ${count}`).join(', '),
  );
}
