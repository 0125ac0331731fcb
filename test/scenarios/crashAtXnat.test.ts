import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeliveryPolicy } from '../../core/policy/DeliveryPolicy.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { readDocument, readLines } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import { Delivery, DeliveryItem, type StepInput } from '../../core/submission/steps.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { memoryPorts, type StepPorts } from '../fixtures/memoryPorts.ts';
import { pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';

/** More processes than one delivery can lose here, and requests than one makes. */
const PROCESSES = 30;
const REQUESTS = 200;

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
});
afterAll(() => xnat.close());

const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
const connect = () => xnatArchive({ url: xnat.url, ...account });

let count = 0;
async function readied(delivery: ProjectPolicy['delivery']) {
  count += 1;
  // what stands in a file by itself, a number or a title, is held back as a label
  const letters = String.fromCharCode(0x41 + Math.floor(count / 26), 0x41 + (count % 26));
  const ports: StepPorts = { ...memoryPorts({ ...demoPolicy, delivery }), archive: connect() };
  const seed = `crash-${count}`;
  const session = `QZ${letters}QZ`;
  const files = [slice(1, { seed }), slice(2, { seed }), slice(1, { seed, series: 2 })];
  const input = await readyToPush(ports, { files, session, subject: `QX${letters}QX` });
  return { ports, input, session };
}

/** Push and Confirm, each time in a new process, until both have ended; answers how many were lost. */
async function deliverSurely(ports: StepPorts, input: StepInput): Promise<number> {
  for (let lost = 0; lost < PROCESSES; lost += 1) {
    const archive = connect();
    const isDone = await pushAll({ ...ports, archive }, input)
      .then(() => confirmArchive({ ...ports, archive })(input))
      .then(
        () => true,
        () => false,
      );
    await archive.end();
    if (isDone) return lost;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The delivery never ended');
}

const rows = async (path: string) => JSON.parse((await askXnat(xnat, { path })).text).ResultSet.Result;

interface Stored {
  Name: string;
  digest: string;
}

/** One session of the label, with each file once; nothing in the prearchive. Answers digests by name. */
async function expectOneCopy(session: string, wanted: Delivery['files']) {
  expect(await rows(`/data/projects/DEMO/experiments?format=json&columns=label&label=${session}`)).toHaveLength(1);
  const left = await rows('/data/prearchive/projects?format=json');
  expect(left.filter(({ name }: { name: string }) => name === session)).toEqual([]);
  const files: Stored[] = await rows(`/data/projects/DEMO/experiments/${session}/scans/ALL/files?format=json`);
  expect(files.map(({ Name }) => Name).sort()).toEqual(wanted.map(({ name }) => name).sort());
  return new Map(files.map(({ Name, digest }) => [Name, digest]));
}

async function sentFiles({ work }: StepPorts, { submission }: StepInput): Promise<Delivery['files']> {
  const items = await readLines(work, workKeys.deliveries(submission), DeliveryItem);
  const all = items.map(({ delivery }) => readDocument(work, workKeys.delivery(submission, delivery), Delivery));
  return (await Promise.all(all)).flatMap(({ files }) => files);
}

const routes = [
  { name: 'into the archive', delivery: DeliveryPolicy.parse({}) },
  { name: 'by the prearchive', delivery: DeliveryPolicy.parse({ route: 'prearchive', commit: true }) },
];

describe.each(routes)('a delivery $name', ({ delivery }) => {
  test.each(['beforeWork', 'afterWork'] as const)(
    'that breaks off at any of its requests, %s, ends in one copy with equal digests',
    { timeout: 120_000 },
    async (breakMoment) => {
      let broken = 0;
      for (let breakAt = 1; breakAt < REQUESTS; breakAt += 1) {
        const { ports, input, session } = await readied(delivery);
        xnat.faults.set({ breakAt, breakMoment });
        await deliverSurely(ports, input);
        const isOver = xnat.faults.seen() < breakAt;
        xnat.faults.set({});
        const wanted = await sentFiles(ports, input);
        const stored = await expectOneCopy(session, wanted);
        if (delivery.route === 'archive') {
          expect(stored).toEqual(new Map(wanted.map(({ name, md5 }) => [name, md5])));
        }
        if (isOver) break;
        broken += 1;
      }
      console.log(`${delivery.route} ${breakMoment}: broken off at each of ${broken} requests`);
      expect(broken).toBeGreaterThan(15);
      expect(broken).toBeLessThan(REQUESTS - 2);
    },
  );
});
