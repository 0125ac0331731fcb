import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeliveryPolicy } from '../../core/policy/DeliveryPolicy.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { Delivery, DeliveryItem, type StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines } from '../../core/submission/storage/documents.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { memoryPorts, type StepPorts } from '../fixtures/memoryPorts.ts';
import { readyToPush, slice } from '../fixtures/runDelivery.ts';
import type { LocalFile } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { breakOffEverywhere } from './breakOff.ts';

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  // each look below signs in anew
  xnat = await openXnat({ sessionsPerUser: 100_000 });
});
afterAll(() => xnat.close());

const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
/** What is a project's own takes an owner. */
const owner = { ...account, username: 'admin', password: 'admin-password' };

let count = 0;
const sessionOf = () => {
  // what stands in a file by itself, a number or a title, is held back as a label
  const letters = String.fromCharCode(0x41 + Math.floor(count / 26), 0x41 + (count % 26));
  return { session: `QZ${letters}QZ`, subject: `QX${letters}QX`, seed: `crash-${count}` };
};

async function readied(policy: ProjectPolicy, filesOf: (seed: string) => LocalFile[]) {
  count += 1;
  const { seed, ...labels } = sessionOf();
  const ports: StepPorts = { ...memoryPorts(policy), archive: xnatArchive({ url: xnat.url, ...owner }) };
  const input = await readyToPush(ports, { files: filesOf(seed), ...labels });
  return { ports, input };
}

const rows = async (path: string) => JSON.parse((await askXnat(xnat, { path })).text).ResultSet.Result;

interface Stored {
  URI: string;
  digest: string;
}

const digestsAt = async (path: string) => {
  const files: Stored[] = await rows(`${path}/files?format=json`);
  return new Map(files.map(({ URI, digest }) => [URI.slice(URI.indexOf('/files/') + '/files/'.length), digest]));
};

/** One session of the label, with each scan and each file once; nothing in the prearchive. Answers digests by name. */
async function expectOneCopy(wanted: Delivery['files']) {
  const { session } = sessionOf();
  expect(await rows(`/data/projects/DEMO/experiments?format=json&columns=label&label=${session}`)).toHaveLength(1);
  const left = await rows('/data/prearchive/projects?format=json');
  expect(left.filter(({ name }: { name: string }) => name === session)).toEqual([]);
  const files = await digestsAt(`/data/projects/DEMO/experiments/${session}/scans/ALL/resources/DICOM`);
  expect([...files.keys()].sort()).toEqual(wanted.map(({ name }) => name).sort());
  return files;
}

async function deliveriesOf({ work }: StepPorts, { submission }: StepInput): Promise<Delivery[]> {
  const items = await readLines(work, workKeys.deliveries(submission), DeliveryItem);
  return Promise.all(
    items.map(({ delivery }) => readDocument(work, workKeys.delivery(submission, delivery), Delivery)),
  );
}

const digestsOf = (files: Delivery['files']) => new Map(files.map(({ name, md5 }) => [name, md5]));

const fields = { note: 'submission', airlock_site: 'site' };

/** What the fields of the session say. */
async function told(): Promise<(string | undefined)[]> {
  const path = `/data/projects/DEMO/experiments/${sessionOf().session}?format=json`;
  const [{ data_fields, children }] = JSON.parse((await askXnat(xnat, { path })).text).items;
  const custom = children.find(({ field }: { field: string }) => field === 'fields/field');
  return [data_fields.note, custom?.items[0]?.data_fields.field];
}

const routes = [
  { name: 'into the archive', delivery: DeliveryPolicy.parse({}) },
  { name: 'by the prearchive', delivery: DeliveryPolicy.parse({ route: 'prearchive', commit: true }) },
];
const moments = ['beforeWork', 'afterWork'] as const;

describe.each(routes)('a delivery $name', ({ delivery }) => {
  test.each(moments)(
    'that breaks off at any of its requests, %s, ends in one copy with equal digests',
    { timeout: 120_000 },
    async (breakMoment) => {
      const policy = ProjectPolicy.parse({ ...demoPolicy, delivery, fields });
      const filesOf = (seed: string) => [slice(1, { seed }), slice(2, { seed }), slice(1, { seed, series: 2 })];
      const ready = () => readied(policy, filesOf);
      const check = async (delivered: Awaited<ReturnType<typeof ready>>) => {
        const wanted = (await deliveriesOf(delivered.ports, delivered.input)).flatMap(({ files }) => files);
        const stored = await expectOneCopy(wanted);
        if (delivery.route === 'archive') expect(stored).toEqual(digestsOf(wanted));
        expect(await told()).toEqual([delivered.input.submission, 'demo']);
      };
      const broken = await breakOffEverywhere({ xnat, account, breakMoment, ready, check });
      console.log(`${delivery.route} ${breakMoment}: broken off at each of ${broken} requests`);
      expect(broken).toBeGreaterThan(15);
    },
  );
});

describe.each(routes)('files that are no DICOM, $name', ({ delivery }) => {
  const resources = (['scan', 'session', 'subject', 'project'] as const).map((level) => ({
    ...{ label: 'EXTRA', level, endings: [`.${level}`], disposition: 'accept', format: 'TEXT', tags: level },
  }));
  const policy = ProjectPolicy.parse({ ...demoPolicy, delivery, resources });
  const filesOf = (seed: string) => [
    slice(1, { seed }),
    ...resources.map(({ level }) => ({ path: `1/Doe.${level}`, bytes: Buffer.from(`${level} of ${seed}`) })),
  ];
  const holders = () => {
    const { session, subject } = sessionOf();
    const project = '/data/projects/DEMO';
    return {
      scan: `${project}/experiments/${session}/scans/1`,
      session: `${project}/experiments/${session}`,
      ...{ subject: `${project}/subjects/${subject}`, project },
    };
  };

  test.each(moments)(
    'are there once at each level when a delivery breaks off at any request, %s',
    { timeout: 180_000 },
    async (breakMoment) => {
      const ready = () => readied(policy, filesOf);
      const check = async (delivered: Awaited<ReturnType<typeof ready>>) => {
        const deliveries = await deliveriesOf(delivered.ports, delivered.input);
        await expectOneCopy(deliveries.flatMap(({ scan, files }) => (scan.resource === undefined ? files : [])));
        expect(deliveries).toHaveLength(5);
        for (const { scan, files } of deliveries) {
          const { resource } = scan;
          if (resource === undefined) continue;
          const stored = await digestsAt(`${holders()[resource.level]}/resources/EXTRA`);
          const own = [...stored].filter(
            ([name]) => resource.level !== 'project' || name.startsWith(sessionOf().session),
          );
          expect(new Map(own)).toEqual(digestsOf(files));
        }
      };
      const broken = await breakOffEverywhere({ xnat, account: owner, breakMoment, ready, check });
      console.log(`resources, ${delivery.route} ${breakMoment}: broken off at each of ${broken} requests`);
      expect(broken).toBeGreaterThan(30);
    },
  );
});
