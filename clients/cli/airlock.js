#!/usr/bin/env node
// JavaScript, not TypeScript: an older Node must be able to read this far and say what it lacks.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`airlock needs Node 24; this is ${process.version}\n`);
  process.exitCode = 13;
} else {
  const { setFlagsFromString } = await import('node:v8');
  // as in the pipeline, whose functions stream the same: V8 neither collects its whole heap for every 64 MB of a file
  // that goes through, nor keeps more than 1 MB of what is young
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--semi-space-growth-factor=1');
  // ten times the default: within a thousand slices the last compiler takes longer than its code saves
  setFlagsFromString('--invocation-count-for-turbofan=30000');
  const { enableCompileCache } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  const { freshBundle } = await import('./freshBundle.js');
  const bundle = freshBundle() ?? (await import('./bundleCli.ts').then(({ bundleCli }) => bundleCli()));
  // compiled code is kept beside what it was compiled of; without a bundle, in the system's folder for temporary files
  enableCompileCache(bundle && `${bundle}/compiled`);
  await import(bundle === undefined ? './cliProcess.ts' : pathToFileURL(`${bundle}/cliProcess.mjs`).href);
}
