import { setFlagsFromString } from 'node:v8';

/** Of V8, for a program through which files stream. To be set before anything is loaded: it is compiled under them. */
export function setStreamingFlags() {
  // as in the pipeline's functions: neither is the whole heap collected for every 64 MB of a file that goes through,
  // nor is more than 1 MB kept of what is young
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--semi-space-growth-factor=1');
  // ten times the default: within a thousand slices the last compiler takes longer than its code saves
  setFlagsFromString('--invocation-count-for-turbofan=30000');
}
