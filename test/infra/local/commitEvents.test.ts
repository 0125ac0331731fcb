import { afterEach, expect, test } from 'vitest';
import { type Events, type EventsOptions, startEvents } from '../../../infra/local/commitEvents.ts';
import { matchesPattern } from '../../../infra/local/eventPattern.ts';
import type { Template } from '../../../infra/local/readTemplate.ts';
import { resolveTemplate } from '../../../infra/local/resolveTemplate.ts';

const resources = {
  OnCommit: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: 'Staging' }] }, object: { key: [{ wildcard: 'control/*/commit.json' }] } },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': ['Commits', 'Arn'] }, Id: 'Target0' }],
    },
  },
  EveryFive: {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'rate(5 minutes)', Targets: [{ Arn: 'arn:reconcile', Id: 'Target0' }] },
  },
  Commits: {
    Type: 'AWS::SQS::Queue',
    Properties: { VisibilityTimeout: 180, RedrivePolicy: { deadLetterTargetArn: 'arn:dead', maxReceiveCount: 3 } },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': ['Commits', 'Arn'] }, FunctionName: 'arn:start', BatchSize: 2 },
  },
};
const template: Template = {
  ...{ directory: '', outputs: new Map(), exports: new Map(), parameters: new Map() },
  resources: new Map(Object.entries(resources)),
};
const addresses = new Map([
  ['Staging', { ref: 'staging' }],
  ['Commits', { attributes: { Arn: 'arn:commits' } }],
]);

interface Batch {
  functionArn: string;
  keys: string[];
}
let events: Events;
afterEach(() => events.stop());

/** Starts events whose functions answer as told; tells what they were handed. */
function start(answer: (keys: string[], messageIds: string[]) => unknown, others: Partial<EventsOptions> = {}) {
  const batches: Batch[] = [];
  events = startEvents({
    ...{
      template,
      resolve: resolveTemplate(template, { resources: addresses }),
      timeScale: 0.0001,
      onDeadLetter: () => undefined,
    },
    invoke: async (functionArn, event) => {
      const { Records = [] } = Object(event);
      const keys = Records.map(({ body }: { body: string }) => JSON.parse(body).detail.object.key);
      batches.push({ functionArn, keys });
      return answer(
        keys,
        Records.map(({ messageId }: { messageId: string }) => messageId),
      );
    },
    ...others,
  });
  return batches;
}
const created = (key: string, bucket = 'staging') =>
  events.objectCreated({ bucket, key, sizeBytes: 2, versionId: 'v', etag: 'e', sequencer: '1' });

test('a commit reaches its function through rule and queue, in batches as large as the mapping says', async () => {
  const batches = start(() => ({ batchItemFailures: [] }));
  for (const submission of ['a', 'b', 'c', 'd']) created(`control/${submission}/commit.json`);
  created('a/objects/pack-000001');
  created('control/a/commit.json', 'work');
  await expect.poll(() => batches.flatMap(({ keys }) => keys)).toHaveLength(4);
  expect(batches.every(({ functionArn, keys }) => functionArn === 'arn:start' && keys.length <= 2)).toBe(true);
});

test('of a batch only the failed message comes back', async () => {
  let refusals = 1;
  const batches = start((keys, ids) => {
    const failed = keys.flatMap((key, index) =>
      key.includes('/b/') && refusals-- > 0 ? [{ itemIdentifier: ids[index] }] : [],
    );
    return { batchItemFailures: failed };
  });
  created('control/a/commit.json');
  created('control/b/commit.json');
  await expect.poll(() => batches.flatMap(({ keys }) => keys).filter((key) => key.includes('/b/'))).toHaveLength(2);
  expect(batches.flatMap(({ keys }) => keys).filter((key) => key.includes('/a/'))).toHaveLength(1);
  expect(events.deadLetters()).toEqual([]);
});

test('a message that its function keeps refusing becomes a dead letter after as many receives as the queue allows', async () => {
  const told: object[] = [];
  const fail = () => {
    throw new Error('down');
  };
  const batches = start(fail, { onDeadLetter: (letter) => told.push(letter) });
  created('control/a/commit.json');
  await expect.poll(() => events.deadLetters()).toMatchObject([{ queue: 'arn:commits', receives: 3 }]);
  expect(batches).toHaveLength(3);
  expect(told).toHaveLength(1);
});

test('scheduled functions run at start, and a fault of theirs is told', async () => {
  const faults: object[] = [];
  const fail = () => {
    throw new RangeError('down');
  };
  const batches = start(fail, { onFault: (fault) => faults.push(fault) });
  await events.startSchedules();
  expect(batches).toEqual([{ functionArn: 'arn:reconcile', keys: [] }]);
  expect(faults).toEqual([{ functionArn: 'arn:reconcile', error: 'RangeError' }]);
});

const event = { source: 'aws.s3', detail: { object: { key: 'control/a/commit.json' } } };
test.each([
  { why: 'an equal value', pattern: { source: ['x', 'aws.s3'] }, wanted: true },
  { why: 'another value', pattern: { source: ['aws.ec2'] }, wanted: false },
  { why: 'a prefix', pattern: { detail: { object: { key: [{ prefix: 'control/' }] } } }, wanted: true },
  { why: 'another suffix', pattern: { detail: { object: { key: [{ suffix: '.xml' }] } } }, wanted: false },
  {
    why: 'a wildcard',
    pattern: { detail: { object: { key: [{ wildcard: 'control/*/commit.json' }] } } },
    wanted: true,
  },
  { why: 'a wildcard whose dot is no wildcard', pattern: { source: [{ wildcard: 'aws.?3' }] }, wanted: false },
  { why: 'presence', pattern: { detail: { reason: [{ exists: false }] } }, wanted: true },
  { why: 'all members at once', pattern: { source: ['aws.s3'], detail: { version: ['9'] } }, wanted: false },
])('a pattern matches by $why: $wanted', ({ pattern, wanted }) => {
  expect(matchesPattern(pattern, event)).toBe(wanted);
});

test('a matcher that is not known is refused', () => {
  expect(() => matchesPattern({ source: [{ 'anything-but': 'x' }] }, event)).toThrow(/anything-but is not known/);
});
