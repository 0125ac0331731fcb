import { useCallback, useEffect, useRef, useState } from 'react';
import { type PlainProblem, plainProblem } from './words/plainProblem.ts';

/**
 * Runs asynchronous work when a component appears and again on demand, and ends it when the component goes. The work
 * must be a stable function (useCallback): another function is other work, and begins at once.
 */
export function useWork(work: (signal: AbortSignal) => Promise<void>) {
  const [problem, setProblem] = useState<PlainProblem>();
  const running = useRef<AbortController>(undefined);

  const again = useCallback(() => {
    running.current?.abort();
    const started = new AbortController();
    running.current = started;
    setProblem(undefined);
    work(started.signal).catch((error: unknown) => {
      if (!started.signal.aborted) setProblem(plainProblem(error));
    });
  }, [work]);

  useEffect(() => {
    again();
    return () => running.current?.abort();
  }, [again]);

  return { problem, again };
}
