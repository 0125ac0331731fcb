import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { mapUid } from '../../../../core/deid/identity/mapUid.ts';

const valueBytes = 1024 * 1024;
const files = 128;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heapAfter(uidOf: (file: number) => string): number {
  const key = new Uint8Array(32).fill(1);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let file = 0; file < files; file += 1) mapUid(key, uidOf(file));
  collect();
  const after = process.memoryUsage().heapUsed;
  // what is kept for the key is still there
  expect(mapUid(key, '1.2.3')).toBe(mapUid(key, '1.2.3'));
  return after - before;
}

test.each<[string, (file: number) => string]>([
  ['a UID of 1 MB', (file) => `${file}`.padEnd(valueBytes, '.1')],
  ['a UID out of a value of 1 MB', (file) => `1.2.3.4.5.6.7.8.${file}${'\\'.repeat(valueBytes)}`.split('\\')[0] ?? ''],
])('keeps nothing of %s', (_, uidOf) => {
  expect(heapAfter(uidOf)).toBeLessThan((files * valueBytes) / 8);
});
