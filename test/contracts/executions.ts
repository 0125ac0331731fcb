import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Executions } from '../../core/submission/ports.ts';

interface Opened {
  executions: Executions;
  /** The inputs that the workflow itself was run with. */
  inputs(): unknown[];
  /** Lets an execution end. */
  end(submission: string, attempt: number): Promise<void> | void;
  close(): Promise<void> | void;
}

/** Everything that the Executions port promises. */
export function executionsContract(name: string, open: () => Promise<Opened>) {
  describe(`the executions on ${name}`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test('does not know an execution that was never started', async () => {
      expect(await opened.executions.status({ submission: 'sub_A', attempt: 1 })).toBe('absent');
    });

    test('starts an attempt once, however often it is told', async () => {
      const attempt = { submission: 'sub_B', attempt: 1, resumeFrom: 'Plan' } as const;
      await Promise.all([1, 2, 3].map(() => opened.executions.start(attempt)));
      expect(await opened.executions.status(attempt)).toBe('running');
      expect(opened.inputs().filter((input) => JSON.stringify(input).includes('sub_B'))).toEqual([attempt]);
    });

    test('takes an attempt that has ended as started: it never runs twice under one name', async () => {
      const attempt = { submission: 'sub_C', attempt: 2, resumeFrom: 'Push' } as const;
      await opened.executions.start(attempt);
      await opened.end('sub_C', 2);
      await opened.executions.start(attempt);
      expect(await opened.executions.status(attempt)).toBe('ended');
      expect(opened.inputs().filter((input) => JSON.stringify(input).includes('sub_C'))).toEqual([attempt]);
    });

    test('keeps the attempts of one submission apart', async () => {
      await opened.executions.start({ submission: 'sub_D', attempt: 1, resumeFrom: 'Plan' });
      expect(await opened.executions.status({ submission: 'sub_D', attempt: 2 })).toBe('absent');
    });
  });
}
