import { setFlagsFromString } from 'node:v8';

/** Each with what V8 has of its own. */
const flags = [
  // as in the pipeline's functions: the whole heap is not collected for every 64 MB of a file that goes through
  ['--external-memory-accounted-in-global-limit', '--no-external-memory-accounted-in-global-limit'],
  // a heap of 20 MB is collected at once sooner than it is marked piece by piece
  ['--no-incremental-marking', '--incremental-marking'],
  // and when it is twice what lived the last time: V8 would wait for four times, and thousands of files have that
  ['--heap-growing-percent=100', '--heap-growing-percent=0'],
  // within thousands of slices the last compiler takes longer than its code saves
  ['--no-turbofan', '--turbofan'],
];

/**
 * Of V8, for a program through which files stream. To be set before anything else is loaded: it is compiled under them,
 * and what is young gets its 4 MB while that goes on.
 */
export async function setStreamingFlags() {
  // Node's own modules come compiled; under other flags than V8's own they would be compiled anew
  await import('node:fs/promises');
  await import('node:timers/promises');
  await import('node:stream/promises');
  await import('node:zlib');
  for (const [streaming] of flags) setFlagsFromString(streaming);
  // what is young grows as it fills, from 1 MB to 4: with less, each slice was collected for itself
  setFlagsFromString('--semi-space-growth-factor=4');
}

/**
 * V8's own, for a thread that is started: under others it compiles all that Node consists of anew, which took longer
 * than all that it loads itself. It then sets those of before.
 */
export function leaveStreamingFlags() {
  for (const [, own] of flags) setFlagsFromString(own);
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--lazy');
}

/** For work that goes on for long: the last compiler pays. */
export function compileForLong() {
  setFlagsFromString('--turbofan');
}

/**
 * From here on all functions of a file are compiled with it, and so kept in the compile cache: Node fills that when a
 * file has been compiled, not when its functions have. For what is cached only, as it takes longer without.
 */
export function compileAhead() {
  setFlagsFromString('--no-lazy');
}

/** All code is there, and what is young grows no more: the next step would be 16 MB for each thread. */
export function endLoading() {
  setFlagsFromString('--lazy');
  setFlagsFromString('--semi-space-growth-factor=1');
}
