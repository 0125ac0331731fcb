#!/usr/bin/env node
// JavaScript, not TypeScript: an older Node must be able to read this far and say what it lacks.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`airlock needs Node 24; this is ${process.version}\n`);
  process.exitCode = 13;
} else {
  const { compileAhead, setStreamingFlags } = await import('./start/streamingFlags.js');
  const { enableCompileCache } = await import('node:module');
  await setStreamingFlags();
  const { pathToFileURL } = await import('node:url');
  const { freshBundle } = await import('./start/freshBundle.js');
  const bundle = freshBundle() ?? (await import('./start/bundleCli.ts').then(({ bundleCli }) => bundleCli()));
  // compiled code is kept beside what it was compiled of, and nowhere else: in the system's folder for temporary files
  // another user of the computer could have left code that runs as ours
  if (bundle !== undefined) {
    enableCompileCache(`${bundle}/compiled`);
    compileAhead();
  }
  await import(bundle === undefined ? './cliProcess.ts' : pathToFileURL(`${bundle}/cliProcess.mjs`).href);
}
