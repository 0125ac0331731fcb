import { executionName } from '../../core/submission/contracts/keys.ts';
import type { Executions } from '../../core/submission/ports.ts';

type Started = Parameters<Executions['start']>[0];

/** Step Functions in memory, held to the same contract suite as the adapter; the test ends and forgets executions. */
export function memoryExecutions() {
  const executions = new Map<string, { input: Started; status: 'running' | 'ended' }>();
  return {
    async start(input: Started) {
      const name = executionName(input.submission, input.attempt);
      if (!executions.has(name)) executions.set(name, { input, status: 'running' });
    },
    async status({ submission, attempt }: { submission: string; attempt: number }) {
      return executions.get(executionName(submission, attempt))?.status ?? 'absent';
    },
    /** Every execution that was started, with its input. */
    started: () => [...executions.values()].map(({ input }) => input),
    running: () => [...executions.values()].filter(({ status }) => status === 'running').map(({ input }) => input),
    end(submission: string, attempt: number) {
      const execution = executions.get(executionName(submission, attempt));
      if (execution !== undefined) execution.status = 'ended';
    },
    /** What a restart of one machine does. */
    forgetAll: () => executions.clear(),
  } satisfies Executions & Record<string, unknown>;
}
