import { SFNClient } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { executionName } from '../../../core/submission/contracts/keys.ts';
import { localAccount } from '../../../infra/local/resolveTemplate.ts';
import { startStepFunctions } from '../../../infra/local/stepFunctionsEndpoint.ts';
import { stepFunctionsExecutions } from '../../../lambdas/adapters/stepFunctionsExecutions.ts';
import { executionsContract } from '../../contracts/executions.ts';
import { memoryExecutions } from '../../fakes/memoryExecutions.ts';

const credentials = { accessKeyId: 'AKIALOCALTEST', secretAccessKey: 'a local secret' };
const stateMachineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:submission';
const clientOf = (endpoint: string) =>
  new SFNClient({ endpoint, region: localAccount.region, credentials, maxAttempts: 1 });

executionsContract('memory', async () => {
  const executions = memoryExecutions();
  return { executions, inputs: executions.started, end: executions.end, close: () => undefined };
});

executionsContract('the Step Functions protocol', async () => {
  const runs = new Map<string, () => void>();
  const inputs: unknown[] = [];
  const server = await startStepFunctions({
    port: 0,
    stateMachineArn,
    credentials,
    run({ name, input }) {
      inputs.push(input);
      const { promise, resolve } = Promise.withResolvers<unknown>();
      runs.set(name, () => resolve({}));
      return { result: promise, abort: () => resolve({}) };
    },
  });
  const client = clientOf(server.url);
  const executions = stepFunctionsExecutions({ client, stateMachineArn });
  return {
    executions,
    inputs: () => inputs,
    async end(submission, attempt) {
      runs.get(executionName(submission, attempt))?.();
      while ((await executions.status({ submission, attempt })) === 'running') await new Promise(setImmediate);
    },
    async close() {
      client.destroy();
      await server.stop();
    },
  };
});

test.each([
  { call: 'start', run: (on: ReturnType<typeof unreachable>) => on.start({ ...attempt, resumeFrom: 'Plan' }) },
  { call: 'status', run: (on: ReturnType<typeof unreachable>) => on.status(attempt) },
])('$call says that the service is unavailable when it does not answer', async ({ run }) => {
  await expect(run(unreachable())).rejects.toMatchObject({ name: 'StorageUnavailable' });
});

const attempt = { submission: 'sub_E', attempt: 1 };
/** Port 9 (discard) is open nowhere. */
const unreachable = () => stepFunctionsExecutions({ client: clientOf('http://127.0.0.1:9'), stateMachineArn });
