#!/usr/bin/env node
// JavaScript, not TypeScript: an older Node must be able to read this far and say what it lacks.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`airlock needs Node 24; this is ${process.version}\n`);
  process.exitCode = 13;
} else {
  // its own code, compiled, in the system's folder for temporary files: half the time to start, also of each thread
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  await import('./cliProcess.ts');
}
