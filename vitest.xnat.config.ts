import { defineConfig } from 'vitest/config';

/** `npm run test:xnat`: the archive's contract on the XNAT that the environment names (docs/real-xnat.md). */
export default defineConfig({
  test: { include: ['test/contracts/*.xnat.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
