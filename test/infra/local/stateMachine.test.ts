import { expect, test } from 'vitest';
import { lambdaError } from '../../../infra/local/lambdaError.ts';
import { createStateMachine, type StateEntered } from '../../../infra/local/stateMachine.ts';

const call = (FunctionName: string, others: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName, 'Payload.$': '$' },
  OutputPath: '$.Payload',
  ...others,
});

const batchMap = (ExecutionType: string, others: object = {}) => ({
  Type: 'Map',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Parameters: { Bucket: 'work', 'Key.$': "States.Format('{}/batches.jsonl', $.submission)" },
  },
  ItemSelector: { 'submission.$': '$.submission', 'item.$': '$$.Map.Item.Value' },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
    StartAt: 'ValidateBatch',
    States: { ValidateBatch: call('validate', { Retry: [{ ErrorEquals: ['StorageUnavailable'] }], End: true }) },
  },
  MaxConcurrency: 2,
  ResultPath: null,
  ...others,
});

const recovered = { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'RecordFailure' }] };
const RecordFailure = call('record', { End: true });

/** Runs a definition with functions given by name and batches from memory. */
function runner(definition: object, functions: Record<string, (payload: unknown) => unknown>) {
  const states: StateEntered[] = [];
  const read: object[] = [];
  const machine = createStateMachine({
    definition: { ...definition },
    ...{ name: 'submission', arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:submission', timeScale: 0.001 },
    invoke: async (name, payload) => functions[name]?.(payload),
    readLines: async (object) => {
      read.push(object);
      if (object.key.startsWith('absent')) throw new Error('NoSuchKey');
      return ['b1', 'b2', 'b3'].map((batch) => ({ batch }));
    },
    onState: (entered) => states.push(entered),
  });
  const run = (input: object) => machine.run({ name: 'x-a1', arn: 'arn:x', input }).result;
  return { run, states, read, counts: machine.counts };
}

test('runs states in order and hands on what functions answer', async () => {
  const { run, states, counts } = runner(
    { StartAt: 'Plan', States: { Plan: call('plan', { Next: 'Seal' }), Seal: call('seal', { End: true }) } },
    { plan: () => ({ files: 3 }), seal: (input) => ({ sealed: input }) },
  );
  expect(await run({ submission: 's' })).toEqual({ sealed: { files: 3 } });
  expect(states.map(({ state }) => state)).toEqual(['Plan', 'Seal']);
  expect(counts()).toMatchObject({ transitions: 3, expressExecutions: 0 });
});

test.each(['STANDARD', 'EXPRESS'])(
  'a %s Distributed Map runs its items from JSON lines, no more at once than it says',
  async (type) => {
    let running = 0;
    let most = 0;
    const seen: unknown[] = [];
    const { run, states, read, counts } = runner(
      {
        StartAt: 'Validate',
        States: { Validate: batchMap(type, { Next: 'Review' }), Review: call('review', { End: true }) },
      },
      {
        validate: async (input) => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((next) => setTimeout(next, 20));
          running -= 1;
          seen.push(input);
          return {};
        },
        review: (input) => input,
      },
    );
    expect(await run({ submission: 's' })).toEqual({ submission: 's' });
    expect(read).toEqual([{ bucket: 'work', key: 's/batches.jsonl' }]);
    expect(seen).toEqual(['b1', 'b2', 'b3'].map((batch) => ({ submission: 's', item: { batch } })));
    expect(most).toBe(2);
    expect(states.map(({ state, item }) => `${state}${item ?? ''}`)).toEqual([
      'Validate',
      'ValidateBatch0',
      'ValidateBatch1',
      'ValidateBatch2',
      'Review',
    ]);
    const own = 3;
    expect(counts()).toMatchObject(
      type === 'EXPRESS' ? { transitions: own, expressExecutions: 3 } : { transitions: own + 6, expressExecutions: 0 },
    );
  },
);

test('retries as the template says, then catches under the name that AWS gives a failed map', async () => {
  let calls = 0;
  const { run } = runner(
    { StartAt: 'Validate', States: { Validate: batchMap('EXPRESS', { ...recovered, End: true }), RecordFailure } },
    {
      validate: () => {
        calls += 1;
        throw lambdaError('StorageUnavailable', 'Cannot read: S3 answers 503');
      },
      record: (input) => input,
    },
  );
  expect(await run({ submission: 's' })).toMatchObject({
    failure: { Error: 'States.ExceedToleratedFailureThreshold' },
  });
  expect(calls).toBeGreaterThanOrEqual(4);
});

test.each([
  {
    why: 'the name of its error',
    fault: () => {
      throw lambdaError('ManifestMismatch', 'm');
    },
    error: 'ManifestMismatch',
  },
  {
    why: 'a dead process',
    fault: () => {
      throw lambdaError('Runtime.ExitError', 'm');
    },
    error: 'Runtime.ExitError',
  },
])('a failed function is caught under $why', async ({ fault, error }) => {
  const states = { Plan: call('plan', { ...recovered, End: true }), RecordFailure };
  const { run } = runner({ StartAt: 'Plan', States: states }, { plan: fault, record: (input) => input });
  const cause = JSON.stringify({ errorType: error, errorMessage: 'm' });
  expect(await run({ submission: 's' })).toEqual({ submission: 's', failure: { Error: error, Cause: cause } });
});

test('a batch list that cannot be read fails the map as an item reader', async () => {
  const states = { Validate: batchMap('EXPRESS', { ...recovered, End: true }), RecordFailure };
  const { run } = runner({ StartAt: 'Validate', States: states }, { record: (input) => input });
  expect(await run({ submission: 'absent' })).toMatchObject({ failure: { Error: 'States.ItemReaderFailed' } });
});

test('a result above 256 KiB ends the execution, whatever is caught', async () => {
  const states = { Plan: call('plan', { ...recovered, End: true }), RecordFailure };
  const { run } = runner({ StartAt: 'Plan', States: states }, { plan: () => 'x'.repeat(300_000), record: () => ({}) });
  await expect(run({})).rejects.toMatchObject({ name: 'States.DataLimitExceeded' });
});

test('an uncaught error ends the execution under its name', async () => {
  const { run } = runner(
    { StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'IntegrityMismatch', Cause: 'c' } } },
    {},
  );
  await expect(run({})).rejects.toMatchObject({ name: 'IntegrityMismatch' });
});

test.each([
  { why: 'as it is', change: {}, states: { Seal: call('seal', { End: true }), RecordFailure }, wanted: 'record' },
  {
    why: 'with another Catch',
    change: { Catch: [{ ErrorEquals: ['PackInvalid'], Next: 'Seal' }] },
    states: { Seal: call('seal', { End: true }) },
    wanted: 'seal',
  },
  {
    why: 'without its Catch',
    change: { Catch: [] },
    states: { Seal: call('seal', { End: true }) },
    wanted: 'PackInvalid',
  },
])('a failing state of a template $why ends in $wanted', async ({ change, states, wanted }) => {
  const Plan = { ...call('plan', { ...recovered, Next: 'Seal' }), ...change };
  const { run } = runner(
    { StartAt: 'Plan', States: { Plan, ...states } },
    {
      plan: () => {
        throw lambdaError('PackInvalid', 'm');
      },
      ...{ seal: () => 'seal', record: () => 'record' },
    },
  );
  expect(await run({}).catch(({ name }) => name)).toBe(wanted);
});

const plain = call('plan', { End: true });
test.each([
  { why: 'JSONata', machine: { QueryLanguage: 'JSONata' }, state: plain },
  { why: 'variables', state: { ...plain, Assign: { x: 1 } } },
  { why: 'a heartbeat', state: { ...plain, HeartbeatSeconds: 5 } },
  { why: 'a JSONata state', state: { ...plain, QueryLanguage: 'JSONata' } },
  { why: 'an unknown field', state: { ...plain, Planted: true } },
  { why: 'an unknown field of a Retry', state: { ...plain, Retry: [{ ErrorEquals: ['States.ALL'], Planted: 1 }] } },
  {
    why: 'an unknown field of a Catch',
    state: { ...plain, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A', Assign: {} }] },
  },
  { why: 'a task token', state: { ...plain, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } },
  { why: 'a service integration', state: { ...plain, Resource: 'arn:aws:states:::dynamodb:putItem' } },
  {
    why: 'a part of the context',
    state: { ...plain, Parameters: { FunctionName: 'plan', 'Payload.$': '$$.State.Name' } },
  },
  { why: 'a type of state', state: { Type: 'Parallel', Branches: [], End: true } },
  { why: 'a result writer', state: batchMap('EXPRESS', { ResultWriter: {}, End: true }) },
  { why: 'an item batcher', state: batchMap('EXPRESS', { ItemBatcher: { MaxItemsPerBatch: 2 }, End: true }) },
  { why: 'tolerated failures', state: batchMap('EXPRESS', { ToleratedFailurePercentage: 5, End: true }) },
  {
    why: 'a field deep inside a map',
    state: batchMap('EXPRESS', {
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: { ...plain, Output: 1 } } },
    }),
  },
])('refuses at start a workflow that holds $why', ({ machine, state }) => {
  expect(() => runner({ ...machine, StartAt: 'A', States: { A: state } }, {})).toThrow(
    /Cannot run the workflow on one machine/,
  );
});
