import '../../fakes/quietLog.ts';

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { Ports } from '../../../core/submission/ports.ts';
import { stepHandler } from '../../../lambdas/runtime/stepHandler.ts';
import { lambdaContext } from '../../fakes/lambdaContext.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';
import { portsOf } from '../../fakes/portsOf.ts';

const Input = z.object({ number: z.int() });
const Output = z.strictObject({ double: z.int() });
const double =
  ({ ledger }: Pick<Ports, 'ledger'>) =>
  async ({ number }: z.infer<typeof Input>) => {
    await ledger.get('none');
    return { double: 2 * number };
  };

describe('a step as a Lambda function', () => {
  test('answers what the step answers', async () => {
    const handler = stepHandler({ input: Input, output: Output }, double, () => portsOf({ ledger: memoryLedger() }));
    expect(await handler({ number: 4, other: true }, lambdaContext)).toEqual({ double: 8 });
  });

  test('opens its ports at the first call, once', async () => {
    let opened = 0;
    const handler = stepHandler({ input: Input, output: Output }, double, () => {
      opened += 1;
      return portsOf({ ledger: memoryLedger() });
    });
    expect(opened).toBe(0);
    await handler({ number: 1 }, lambdaContext);
    await handler({ number: 2 }, lambdaContext);
    expect(opened).toBe(1);
  });

  test.each([
    {
      why: 'a refusal by its code',
      thrown: new DomainError('XnatUnavailable', 'Cannot push: no answer'),
      name: 'XnatUnavailable',
    },
    { why: 'anything else as a fault that is not known', thrown: new RangeError('x'), name: 'UnexpectedFault' },
    {
      why: 'a stranger with a code for a name as unknown',
      thrown: Object.assign(new Error('x'), { name: 'Forbidden' }),
      name: 'UnexpectedFault',
    },
    { why: 'what is no error at all', thrown: 'x', name: 'UnexpectedFault' },
  ])('lets go $why', async ({ thrown, name }) => {
    const failing = stepHandler(
      { input: Input, output: Output },
      () => async () => Promise.reject(thrown),
      () => portsOf({}),
    );
    await expect(failing({ number: 1 }, lambdaContext)).rejects.toMatchObject({ name });
  });

  test('refuses input that does not fit', async () => {
    const handler = stepHandler({ input: Input, output: Output }, double, () => portsOf({ ledger: memoryLedger() }));
    await expect(handler({ number: 'x' }, lambdaContext)).rejects.toMatchObject({ name: 'RequestInvalid' });
  });
});

test.each([
  { fault: 'stranger', name: 'UnexpectedFault' },
  { fault: 'stack in a message', name: 'UnexpectedFault' },
  { fault: 'changed message', name: 'UnexpectedFault' },
  { fault: 'named after a patient', name: 'UnexpectedFault' },
  { fault: 'cause of a refusal', name: 'XnatRefused' },
  { fault: 'no error', name: 'UnexpectedFault' },
  { fault: 'json of a patient', name: 'UnexpectedFault' },
  { fault: 'wrong output', name: 'UnexpectedFault' },
  { fault: 'parsed by zod', name: 'UnexpectedFault' },
  { fault: 'wrong input', name: 'RequestInvalid' },
])('of a $fault nothing of the patient reaches the log or the answer', async ({ fault, name }) => {
  const script = new URL('../../fixtures/faultySteps.ts', import.meta.url).pathname;
  const env = { PATH: process.env.PATH };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, fault], { env });
  const output = stdout + stderr;
  expect(output).toContain('step failed');
  expect(output).toContain(`left as ${name}`);
  expect(output).not.toMatch(/DOE|JOHN/);
  if (fault !== 'wrong input') expect(output).toContain('"attempt":3');
});
