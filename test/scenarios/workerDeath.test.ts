import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OnInvoke } from '../../infra/local/workerPool.ts';
import { expectArchivedOnce, oneReceipt } from './expectArchivedOnce.ts';
import { type Machine, startMachine } from './machine.ts';
import { operatorOf } from './operatorOf.ts';
import { studyOf } from './study.ts';

let onInvoke: OnInvoke = () => undefined;
let machine: Machine;
beforeAll(async () => {
  machine = await startMachine({ onInvoke: (started) => onInvoke(started) });
}, 180_000);
afterAll(() => machine.stop());

const steps = [
  { functionName: 'planSubmission', failedIn: 'submitted' },
  { functionName: 'validateBatch', failedIn: 'validating' },
  { functionName: 'reviewFindings', failedIn: 'validating' },
  { functionName: 'anonymizeBatch', failedIn: 'anonymizing' },
  { functionName: 'checkIntegrity', failedIn: 'anonymizing' },
  { functionName: 'pushScan', failedIn: 'pushing' },
  { functionName: 'confirmArchive', failedIn: 'pushing' },
  { functionName: 'sealReceipt', failedIn: 'confirming' },
];

async function sent(name: string) {
  const files = studyOf(name, { slices: 2 });
  const folder = await machine.site.writeFolder(name, files);
  return { folder, submission: await machine.site.send(files) };
}

// a step takes some 100 ms
test.each([
  { delayMs: 0, why: 'as it begins' },
  { delayMs: 30, why: 'at its work' },
  { delayMs: 90, why: 'near its end' },
])(
  'every step whose first worker dies $why is run again, and the study is archived once',
  {
    timeout: 120_000,
  },
  async ({ delayMs, why }) => {
    const waiting = new Set(steps.map(({ functionName }) => functionName));
    onInvoke = ({ functionName, kill }) => {
      if (waiting.delete(functionName)) setTimeout(kill, delayMs);
    };
    const { submission, folder } = await sent(`dies ${why}`);
    const { view } = await expectArchivedOnce({ site: machine.site, submission, folder, archived: 2 });
    expect({ attempt: view.attempt, waiting: [...waiting] }).toEqual({ attempt: 1, waiting: [] });
    oneReceipt(await machine.versions('AUDIT'), submission);
  },
);

test('a step whose workers always die fails with a code, in each state in turn, and a person goes on from there', {
  timeout: 180_000,
}, async () => {
  const { site } = machine;
  const operator = await operatorOf(machine);
  const began: string[] = [];
  const killAlways = (doomed: string) => {
    onInvoke = ({ functionName, kill }) => {
      began.push(functionName);
      if (functionName === doomed) kill();
    };
  };
  killAlways('planSubmission');
  const { submission, folder } = await sent('dies always');
  for (const [index, { functionName, failedIn }] of steps.entries()) {
    const failed = await site.rested(submission);
    expect(failed).toMatchObject({ reason: 'UnexpectedFault', interruptedIn: failedIn });
    // twice more, as the template has it
    expect(began.filter((name) => name === functionName)).toHaveLength(3);
    killAlways(steps[index + 1]?.functionName ?? 'none');
    began.length = 0;
    await operator.resumeSubmission(submission);
  }
  const { view, events } = await expectArchivedOnce({ site, submission, folder, archived: 2 });
  expect(view.attempt).toBe(1 + steps.length);
  expect(events.filter(({ type }) => type === 'attempt.failed')).toHaveLength(steps.length);
  oneReceipt(await machine.versions('AUDIT'), submission);
});
