import { expect } from 'vitest';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import type { XnatAccess } from '../../lambdas/adapters/xnatSession.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import type { StepPorts } from '../fixtures/memoryPorts.ts';
import { pushAll } from '../fixtures/runDelivery.ts';
import type { openXnat } from '../infra/local/xnat/openXnat.ts';

/** More processes than one delivery can lose here, and requests than one makes. */
const PROCESSES = 30;
const REQUESTS = 200;

interface BreakingOff {
  xnat: Awaited<ReturnType<typeof openXnat>>;
  account: Omit<XnatAccess, 'url'>;
  breakMoment: 'beforeWork' | 'afterWork';
  /** A submission of its own each time, ready to be pushed. */
  ready: () => Promise<{ ports: StepPorts; input: StepInput }>;
  /** What must be true after each delivery, wherever it broke off. */
  check: (delivered: { ports: StepPorts; input: StepInput }) => Promise<void>;
}

/** Delivers again and again, each time breaking off at the next of the requests to XNAT; answers how many there are. */
export async function breakOffEverywhere({ xnat, account, breakMoment, ready, check }: BreakingOff): Promise<number> {
  for (let breakAt = 1; breakAt < REQUESTS; breakAt += 1) {
    const { ports, input } = await ready();
    xnat.faults.set({ breakAt, breakMoment });
    await deliverSurely(() => xnatArchive({ url: xnat.url, ...account }), { ports, input });
    const isOver = xnat.faults.seen() < breakAt;
    xnat.faults.set({});
    await check({ ports, input });
    if (isOver) return breakAt - 1;
  }
  return expect.unreachable('A delivery makes more requests than that');
}

/** Push and Confirm, each time in a new process, until both have ended. */
async function deliverSurely(
  connect: () => ReturnType<typeof xnatArchive>,
  { ports, input }: { ports: StepPorts; input: StepInput },
): Promise<void> {
  for (let lost = 0; lost < PROCESSES; lost += 1) {
    const archive = connect();
    const isDone = await pushAll({ ...ports, archive }, input)
      .then(() => confirmArchive({ ...ports, archive })(input))
      .then(
        () => true,
        () => false,
      );
    await archive.end();
    if (isDone) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The delivery never ended');
}
