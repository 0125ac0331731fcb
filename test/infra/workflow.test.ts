import { readdirSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { expect, test } from 'vitest';
import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { WorkflowStep } from '../../core/submission/contracts/states.ts';
import { functionSettings } from '../../infra/functionSettings.ts';
import { requireAslSubset } from '../../infra/local/aslSubset.ts';
import { definitionOf, statesOf } from './definition.ts';
import { named, ofType, synthesize } from './synthesized.ts';

const template = synthesize();
const definition = definitionOf(template);
const states = statesOf(definition);
const tasks = states.filter(({ state }) => state.Type === 'Task');
const maps = states.filter(({ state }) => state.Type === 'Map');
const functionOf = (resource = '') => /:function:Functions(\w+)[0-9A-F]{8}$/.exec(resource)?.[1];

test('the definition is valid Amazon States Language', () => {
  // The validator writes its defaults into what it is given
  expect(aslValidator(structuredClone(definition))).toMatchObject({ isValid: true, errors: [] });
});

test('one machine runs every field of it', () => {
  expect(() => requireAslSubset(definition)).not.toThrow();
});

test('an attempt can start at every step that may be asked for', () => {
  expect(definition.StartAt).toBe('Resume');
  const resume = states.find(({ name }) => name === 'Resume')?.state;
  const others = WorkflowStep.options.filter((step) => step !== 'Plan');
  expect(resume?.Choices).toEqual(others.map((step) => ({ Variable: '$.resumeFrom', StringEquals: step, Next: step })));
  expect(resume?.Default).toBe('Plan');
});

test('the path is the one of the architecture', () => {
  const path = (start: string): string[] => {
    const next = states.find(({ name }) => name === start)?.state.Next;
    return typeof next === 'string' ? [start, ...path(next)] : [start];
  };
  expect(path('Plan')).toEqual(['Plan', 'Validate', 'Review', 'Decide']);
  expect(path('Anonymize')).toEqual(['Anonymize', 'CheckIntegrity', 'Push', 'Confirm', 'Settle']);
  expect(path('Seal')).toEqual(['Seal', 'Archived']);
  const settle = states.find(({ name }) => name === 'Settle')?.state;
  // what is not confirmed in so many words is held
  expect(settle?.Choices).toEqual([{ Variable: '$.confirm.decision', StringEquals: 'accept', Next: 'Seal' }]);
  expect(settle?.Default).toBe('Held');
  expect(path('Relabel')).toEqual(['Relabel', 'Relabelled']);
  expect(path('Withdraw')).toEqual(['Withdraw', 'Withdrawn']);
  expect(path('Hold')).toEqual(['Hold', 'Held']);
  expect(path('Reject')).toEqual(['Reject', 'Rejected']);
  expect(path('RecordFailure')).toEqual(['RecordFailure', 'Failed']);
});

test('every step file is a state, and every state has a step file', () => {
  const files = readdirSync(new URL('../../lambdas/steps', import.meta.url)).map((file) => file.replace('.ts', ''));
  const used = new Set(tasks.map(({ state }) => functionOf(state.Resource)));
  expect([...used].sort()).toEqual(files.sort());
});

test.each([...tasks, ...maps].filter(({ name }) => !name.startsWith('Record')))(
  '$name is caught whatever goes wrong, and the failure recorded',
  ({ name, state, map }) => {
    const record = map === undefined ? 'RecordFailure' : `Record${name}Failure`;
    expect(state.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: record }]);
    const recording = states.find((other) => other.name === record);
    expect(functionOf(recording?.state.Resource)).toBe('recordFailure');
    expect(recording?.state.Parameters).toHaveProperty('failure.$', '$.failure');
  },
);

test('every end of a failure carries the name of its error', () => {
  const ends = states.filter(({ state }) => state.Type === 'Fail').map(({ state }) => state);
  expect(ends).toHaveLength(4);
  for (const end of ends) expect(end).toEqual({ Type: 'Fail', ErrorPath: '$.failure.Error', Retry: [], Catch: [] });
});

test.each(tasks)('$name is told ids alone, and leaves nothing behind that no state reads', ({ name, state, map }) => {
  expect(state.Parameters).toMatchObject({ 'submission.$': '$.submission', 'attempt.$': '$.attempt' });
  expect(Object.keys(Object(state.Parameters)).length).toBe(map !== undefined || name.startsWith('Record') ? 3 : 2);
  const results: Record<string, string> = { Review: '$.review', Confirm: '$.confirm' };
  expect(state.ResultPath).toBe(results[name] ?? null);
});

test.each(tasks)('$name is tried again after faults that pass, each time later and never in step', ({ state }) => {
  expect(state.Retry.length).toBeGreaterThanOrEqual(2);
  for (const retrier of state.Retry) expect(retrier).toMatchObject({ JitterStrategy: 'FULL', BackoffRate: 2 });
  const named = state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(named).toContain('StorageUnavailable');
  for (const error of named.filter((each) => !/^(Lambda|Sandbox|Runtime|States)\./.test(each))) {
    expect(errorCatalogue).toHaveProperty(`${error}.retryable`, true);
  }
});

test.each(tasks)('$name replaces a worker that died twice at most', ({ state }) => {
  const death = state.Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.Unknown'));
  expect(death?.MaxAttempts).toBe(2);
});

const waits = [
  { error: 'XnatUnavailable', hours: 6, why: 'a working day' },
  { error: 'XnatBusy', hours: 10, why: 'a night, taken by others' },
  { error: 'XnatPaused', hours: 6 * 24, why: 'most of a week, paused' },
];
const atXnat = tasks.filter(({ name }) => name === 'PushScan' || name === 'Confirm');

test.each(atXnat.flatMap((task) => waits.map((wait) => ({ ...task, ...wait }))))(
  '$name waits for an XNAT that is away for $why, though every pause may be short',
  ({ state, error, hours }) => {
    const outage = state.Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error));
    const pauses = Array.from({ length: outage?.MaxAttempts ?? 0 }, (_, attempt) =>
      Math.min((outage?.IntervalSeconds ?? 0) * 2 ** attempt, outage?.MaxDelaySeconds ?? 0),
    );
    // Full jitter halves them on average
    expect(pauses.reduce((sum, pause) => sum + pause, 0) / 2).toBeGreaterThan(hours * 3600);
  },
);

test.each([
  { map: 'Validate', key: 'batches', children: 'EXPRESS', concurrency: 20 },
  { map: 'Anonymize', key: 'batches', children: 'EXPRESS', concurrency: 20 },
  { map: 'Push', key: 'deliveries', children: 'STANDARD', concurrency: 1 },
] as const)('$map takes its items from $key.jsonl, $concurrency at a time', ({ map, key, children, concurrency }) => {
  const state = maps.find(({ name }) => name === map)?.state;
  expect(state).toMatchObject({
    MaxConcurrency: concurrency,
    ResultPath: null,
    ItemSelector: { 'submission.$': '$.submission', 'attempt.$': '$.attempt', 'item.$': '$$.Map.Item.Value' },
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
      Parameters: {
        Bucket: expect.stringMatching(/^BucketsWork/),
        'Key.$': `States.Format('${workKeys[key]('{}')}', $.submission)`,
      },
    },
  });
  expect(state?.ItemProcessor?.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: children });
});

test('there is no other map', () => {
  expect(maps.map(({ name }) => name)).toEqual(['Validate', 'Anonymize', 'Push']);
});

test.each(maps.filter(({ state }) => state.ItemProcessor?.ProcessorConfig.ExecutionType === 'EXPRESS'))(
  'an item of $name fits three workers that time out into the five minutes of an Express execution',
  ({ name: map }) => {
    const task = tasks.find((each) => each.map === map && !each.name.startsWith('Record'));
    const [timeout] = Object.entries(functionSettings)
      .filter(([name]) => name === functionOf(task?.state.Resource))
      .map(([, { timeoutSeconds }]) => timeoutSeconds);
    expect(3 * (timeout ?? Number.POSITIVE_INFINITY) + 2 * 5).toBeLessThanOrEqual(300);
  },
);

test('the workflow may read the lists of map items, and decrypt them', () => {
  const access = JSON.stringify(named(template, 'AWS::IAM::ManagedPolicy', 'WorkflowWorkflowAccess'));
  expect(access).toContain('"Action":["s3:GetObject","s3:GetObjectVersion"],"Effect":"Allow"');
  expect(access).toContain('/sub_*/batches.jsonl');
  expect(access).toContain('/sub_*/deliveries.jsonl');
  expect(access).toContain('"Action":"kms:Decrypt"');
});

test('its log holds every event and no data', () => {
  expect(named(template, 'AWS::StepFunctions::StateMachine', 'Workflow')).toMatchObject({
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
});

test('a commit, and nothing else in staging, starts it by way of a queue that waits out the function', () => {
  const rule = named(template, 'AWS::Events::Rule', 'CommitsOnCommit');
  expect(rule.EventPattern).toMatchObject({
    'detail-type': ['Object Created'],
    detail: { object: { key: [{ wildcard: 'control/*/commit.json' }] } },
  });
  const queue = named(template, 'AWS::SQS::Queue', 'CommitsQueue');
  expect(queue.VisibilityTimeout).toBe(6 * functionSettings.startExecution.timeoutSeconds);
  expect(queue.RedrivePolicy).toMatchObject({ maxReceiveCount: 5 });
  expect(ofType(template, 'AWS::Lambda::EventSourceMapping')).toEqual([
    [expect.any(String), expect.objectContaining({ FunctionResponseTypes: ['ReportBatchItemFailures'] })],
  ]);
});
