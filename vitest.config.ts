import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closingLine.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**', 'node_modules/**'],
    reporters: ['default', closingLine],
    // Real servers, browsers and worker processes run in these tests; two cores are the smallest machine we support.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
