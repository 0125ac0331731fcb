import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../core/submission/ports.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};
