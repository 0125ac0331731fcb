import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStepFunctions } from '../../../infra/local/stepFunctionsEndpoint.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:submission';
const credentials = { accessKeyId: 'local', secretAccessKey: 'secret' };
const runs: { name: string; input: unknown; resolve: (output: unknown) => void; reject: (error: Error) => void }[] = [];
const ended: object[] = [];

let endpoint: Awaited<ReturnType<typeof startStepFunctions>>;
let client: SFNClient;

beforeAll(async () => {
  endpoint = await startStepFunctions({
    ...{ port: 0, stateMachineArn, credentials },
    run: ({ name, input }) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      runs.push({ name, input, resolve, reject });
      return { result: promise, abort: () => undefined };
    },
    onEnd: (end) => ended.push(end),
  });
  client = new SFNClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
});
afterAll(() => endpoint.stop());

const start = (name: string, input: object, arn = stateMachineArn) =>
  client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: JSON.stringify(input) }));
const statusOf = async (executionArn: string | undefined) =>
  (await client.send(new DescribeExecutionCommand({ executionArn }))).status;

test('starting the same attempt twice is one start', async () => {
  const first = await start('sub-a1', { attempt: 1 });
  const second = await start('sub-a1', { attempt: 1 });
  expect(second).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  expect(runs.filter(({ name }) => name === 'sub-a1')).toMatchObject([{ input: { attempt: 1 } }]);
});

test('an execution is running, then tells its end', async () => {
  const { executionArn } = await start('sub-a2', {});
  expect(await statusOf(executionArn)).toBe('RUNNING');
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
  expect(executions?.map(({ name }) => name)).toContain('sub-a2');
  runs.find(({ name }) => name === 'sub-a2')?.resolve({});
  await expect.poll(() => statusOf(executionArn)).toBe('SUCCEEDED');
  expect(ended).toContainEqual({ execution: 'sub-a2' });
});

test('a failed execution tells the name of its error', async () => {
  const { executionArn } = await start('sub-a3', {});
  runs.find(({ name }) => name === 'sub-a3')?.reject(Object.assign(new Error('m'), { name: 'PackInvalid' }));
  await expect.poll(() => statusOf(executionArn)).toBe('FAILED');
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ error: 'PackInvalid' });
  expect(ended).toContainEqual({ execution: 'sub-a3', error: 'PackInvalid' });
});

test.each([
  { why: 'a running name with another input', name: 'sub-a1', input: { attempt: 2 }, error: 'ExecutionAlreadyExists' },
  { why: 'an ended name', name: 'sub-a2', input: {}, error: 'ExecutionAlreadyExists' },
  { why: 'a name that is none', name: 'a b', input: {}, error: 'ValidationException' },
])('refuses $why', async ({ name, input, error }) => {
  await expect(start(name, input)).rejects.toMatchObject({ name: error });
});

test('refuses another state machine and an unknown execution', async () => {
  await expect(start('x', {}, `${stateMachineArn}2`)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  await expect(statusOf('arn:none')).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
});

test.each([
  { why: 'with another secret', wrong: { accessKeyId: 'local', secretAccessKey: 'guess' } },
  { why: 'of another account', wrong: { accessKeyId: 'other', secretAccessKey: 'secret' } },
])('refuses a request signed $why', async ({ wrong }) => {
  const stranger = new SFNClient({ endpoint: endpoint.url, region: 'us-east-1', credentials: wrong });
  const command = new StartExecutionCommand({ stateMachineArn, name: 'stranger', input: '{}' });
  await expect(stranger.send(command)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  expect(runs.some(({ name }) => name === 'stranger')).toBe(false);
});

test('refuses an unsigned request, as a page in a browser could send it', async () => {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
    body: JSON.stringify({ stateMachineArn, name: 'page', input: '{}' }),
  });
  expect(response.status).toBe(400);
  expect(runs.some(({ name }) => name === 'page')).toBe(false);
});
