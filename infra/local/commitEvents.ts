import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { matchesPattern } from './eventPattern.ts';
import { resourcesOfType, type Template } from './readTemplate.ts';
import { localAccount, type Resolve } from './resolveTemplate.ts';
import type { ObjectCreated } from './s3/s3Options.ts';

/** A message that its function refused as often as the queue allows. */
export interface DeadLetter {
  queue: string;
  body: string;
  receives: number;
}

export interface EventsOptions {
  template: Template;
  resolve: Resolve;
  /** Runs a function, named by ARN. */
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  onDeadLetter(letter: DeadLetter): void;
  onFault?: ((fault: { functionArn: string; error: string }) => void) | undefined;
  /** Multiplies the time after which a message comes back; 1 when absent. */
  timeScale?: number | undefined;
}

export interface Events {
  objectCreated(event: ObjectCreated): void;
  /** Runs every function that the template runs by schedule: now, and then as scheduled. */
  startSchedules(): Promise<void>;
  deadLetters(): DeadLetter[];
  stop(): void;
}

const Rule = z.object({
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string() })).default([]),
});
const Queue = z.object({
  VisibilityTimeout: z.int().default(30),
  RedrivePolicy: z.object({ maxReceiveCount: z.coerce.number().int().positive() }).optional(),
});
const Mapping = z.object({ EventSourceArn: z.string(), FunctionName: z.string(), BatchSize: z.int().default(10) });
const BatchAnswer = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]) })
  .nullable();

interface Message {
  messageId: string;
  body: string;
  receives: number;
}

/** A failed message comes back after its visibility timeout, which on one machine need not cover a second reader. */
const redeliveryMaxMs = 10_000;

/**
 * From the template's rules to its functions: events and schedules go to their targets, queues hand over in batches
 * and again after a failure, then to the dead letters. What is under way when the process ends is lost: the
 * reconciler, which runs at start, heals that.
 */
export function startEvents(options: EventsOptions): Events {
  const { template, resolve } = options;
  const rules = resourcesOfType(template, 'AWS::Events::Rule')
    .map(({ properties }) => Rule.parse(resolve(properties)))
    .filter(({ State }) => State === 'ENABLED');
  const letters: DeadLetter[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;
  const later = (run: () => void, ms: number) => {
    // what is under way at the end must not keep the process alive
    if (isStopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const onDeadLetter = (letter: DeadLetter) => {
    letters.push(letter);
    options.onDeadLetter(letter);
  };
  const queues = new Map(
    queueTargets(options).map((target) => [target.arn, openQueue(target, { ...options, later, onDeadLetter })]),
  );
  return {
    objectCreated: (created) => {
      const event = objectCreatedEvent(created);
      for (const { EventPattern, Targets } of rules) {
        if (EventPattern === undefined || !matchesPattern(EventPattern, event)) continue;
        for (const { Arn } of Targets) queues.get(Arn)?.(JSON.stringify(event));
      }
    },
    startSchedules: async () => {
      const scheduled = rules.filter(({ ScheduleExpression }) => ScheduleExpression !== undefined);
      await Promise.all(
        scheduled.flatMap(({ ScheduleExpression, Targets }) =>
          Targets.map(({ Arn }) => runBySchedule({ ...options, later }, Arn, rateMs(String(ScheduleExpression)))),
        ),
      );
    },
    deadLetters: () => letters,
    stop: () => {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

interface QueueTarget {
  arn: string;
  functionArn: string;
  batchSize: number;
  visibilityMs: number;
  maxReceives: number;
}

/** Every queue that feeds a function. */
function queueTargets({ template, resolve }: EventsOptions): QueueTarget[] {
  const queues = new Map(
    resourcesOfType(template, 'AWS::SQS::Queue').map(({ id, properties }) => [
      String(resolve({ 'Fn::GetAtt': [id, 'Arn'] })),
      Queue.parse(resolve(properties)),
    ]),
  );
  return resourcesOfType(template, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => {
    const { EventSourceArn, FunctionName, BatchSize } = Mapping.parse(resolve(properties));
    const queue = queues.get(EventSourceArn);
    if (queue === undefined) throw new Error(`Cannot run the template: ${EventSourceArn} is no queue of it`);
    return {
      ...{ arn: EventSourceArn, functionArn: FunctionName, batchSize: BatchSize },
      visibilityMs: queue.VisibilityTimeout * 1000,
      // without a redrive policy SQS delivers until the message expires
      maxReceives: queue.RedrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY,
    };
  });
}

interface Reach extends EventsOptions {
  later: (run: () => void, ms: number) => void;
}

/** A queue in memory with its one reader; answers how a message is sent. */
function openQueue(target: QueueTarget, reach: Reach): (body: string) => void {
  const waiting: Message[] = [];
  let isReading = false;
  const redeliveryMs = Math.min(target.visibilityMs, redeliveryMaxMs) * (reach.timeScale ?? 1);
  const settle = (message: Message, isFailed: boolean) => {
    if (!isFailed) return;
    if (message.receives >= target.maxReceives) {
      reach.onDeadLetter({ queue: target.arn, body: message.body, receives: message.receives });
    } else reach.later(() => enqueue(message), redeliveryMs);
  };
  const read = async () => {
    isReading = true;
    while (waiting.length > 0) {
      const batch = waiting
        .splice(0, target.batchSize)
        .map((message) => ({ ...message, receives: message.receives + 1 }));
      const failed = await deliver(batch, target, reach);
      for (const message of batch) settle(message, failed.has(message.messageId));
    }
    isReading = false;
  };
  const enqueue = (message: Message) => {
    waiting.push(message);
    if (!isReading) void read();
  };
  return (body) => enqueue({ messageId: randomUUID(), body, receives: 0 });
}

/** Hands a batch to the function; answers the ids of the messages that failed. */
async function deliver(batch: Message[], { arn, functionArn }: QueueTarget, reach: Reach): Promise<Set<string>> {
  const Records = batch.map(({ messageId, body, receives }) => ({
    ...{ messageId, body, receiptHandle: messageId, messageAttributes: {}, md5OfBody: '' },
    attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(Date.now()) },
    ...{ eventSource: 'aws:sqs', eventSourceARN: arn, awsRegion: localAccount.region },
  }));
  try {
    const answer = BatchAnswer.parse(await reach.invoke(functionArn, { Records }));
    return new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch (error) {
    tellFault(reach, functionArn, error);
    return new Set(batch.map(({ messageId }) => messageId));
  }
}

async function runBySchedule(reach: Reach, functionArn: string, everyMs: number): Promise<void> {
  try {
    const time = new Date().toISOString();
    await reach.invoke(functionArn, { ...envelope('aws.events', 'Scheduled Event'), time, detail: {} });
  } catch (error) {
    tellFault(reach, functionArn, error);
  }
  reach.later(() => void runBySchedule(reach, functionArn, everyMs), everyMs);
}

function tellFault({ onFault }: EventsOptions, functionArn: string, error: unknown): void {
  onFault?.({ functionArn, error: error instanceof Error ? error.name : 'Error' });
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function rateMs(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = unitMs[unit];
  if (ms === undefined) throw new Error(`Cannot run the template: the schedule ${expression} is not known here`);
  return Number(count) * ms;
}

function objectCreatedEvent({ bucket, key, sizeBytes, versionId, etag, sequencer }: ObjectCreated) {
  return {
    ...envelope('aws.s3', 'Object Created'),
    time: new Date().toISOString(),
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size: sizeBytes, etag, 'version-id': versionId, sequencer },
    },
  };
}

const envelope = (source: string, detailType: string) => ({
  ...{ version: '0', id: randomUUID(), source, 'detail-type': detailType },
  ...{ account: localAccount.id, region: localAccount.region },
});
