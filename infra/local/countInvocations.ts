import type { InvocationReport } from './workerPool.ts';

/** What the invocations of one function have cost so far. */
export interface InvocationCounts {
  invocations: number;
  errors: number;
  milliseconds: number;
  /** As Lambda bills it: memory as configured, time rounded up to a millisecond. */
  gbSeconds: number;
  peakRssBytes: number;
}

/** Adds up invocation reports by function. */
export function countInvocations() {
  const counts = new Map<string, InvocationCounts>();
  return {
    add({ functionName, milliseconds, peakRssBytes, memoryMb, error }: InvocationReport): void {
      const before = counts.get(functionName) ?? {
        ...{ invocations: 0, errors: 0, milliseconds: 0, gbSeconds: 0, peakRssBytes: 0 },
      };
      counts.set(functionName, {
        invocations: before.invocations + 1,
        errors: before.errors + (error === undefined ? 0 : 1),
        milliseconds: before.milliseconds + milliseconds,
        gbSeconds: before.gbSeconds + ((memoryMb / 1024) * Math.ceil(milliseconds)) / 1000,
        peakRssBytes: Math.max(before.peakRssBytes, peakRssBytes),
      });
    },
    all: (): Record<string, InvocationCounts> => Object.fromEntries(counts),
  };
}
