import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { lambdaError } from './lambdaError.ts';
import { listen } from './listen.ts';
import { readBody } from './readBody.ts';
import { localAccount } from './resolveTemplate.ts';
import { canonicalRequest, sha256Hex } from './s3/canonicalRequest.ts';
import type { WorkflowRun } from './stateMachine.ts';

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

interface Execution {
  executionArn: string;
  name: string;
  input: string;
  startDate: number;
  stopDate?: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  output?: string;
  error?: string;
  cause?: string;
  run: WorkflowRun;
}

interface StepFunctionsOptions {
  port: number;
  stateMachineArn: string;
  credentials: Credentials;
  run(execution: { name: string; arn: string; input: unknown }): WorkflowRun;
  /** An execution ended; the error's name unless it ended well. */
  onEnd?: ((ended: { execution: string; error?: string }) => void) | undefined;
}

const StartInput = z.object({
  stateMachineArn: z.string(),
  name: z.string().regex(/^[0-9A-Za-z_-]{1,80}$/),
  input: z.string().default('{}'),
});
const DescribeInput = z.object({ executionArn: z.string() });
const ListInput = z.object({ statusFilter: z.string().optional() });
/** Step Functions takes an input of 256 KiB; the rest is JSON around it. */
const bodyMaxBytes = 1024 * 1024;

/**
 * The part of the Step Functions API that the system uses, over its own protocol (AWS JSON 1.0, Signature Version 4),
 * so that the Lambda functions reach it through the SDK. Executions live as long as the process.
 */
export async function startStepFunctions(options: StepFunctionsOptions) {
  const executions = new Map<string, Execution>();
  const operations: Record<string, (input: unknown) => object> = {
    StartExecution: (input) => startExecution(StartInput.parse(input), executions, options),
    DescribeExecution: (input) => {
      const { executionArn } = DescribeInput.parse(input);
      const found = [...executions.values()].find((execution) => execution.executionArn === executionArn);
      if (found === undefined)
        throw lambdaError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      return describe(found, options);
    },
    ListExecutions: (input) => {
      const { statusFilter = 'RUNNING' } = ListInput.parse(input);
      const listed = [...executions.values()].filter(({ status }) => status === statusFilter);
      return { executions: listed.map((execution) => describe(execution, options)) };
    },
  };
  const server = createServer(async (request, response) => {
    try {
      const body = await readSigned(request, options.credentials);
      const target = String(request.headers['x-amz-target']).replace(/^AWSStepFunctions\./, '');
      const operation = operations[target];
      if (operation === undefined) throw lambdaError('UnknownOperationException', `${target} is not known here`);
      answer(response, 200, operation(JSON.parse(body)));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer(response, 400, { __type: name === 'ZodError' ? 'ValidationException' : name, message });
    }
  });
  const { port, stop } = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      for (const { run } of executions.values()) run.abort();
      await stop();
    },
  };
}

/** Starting a running execution again with the same input is one start; any other use of a name is refused. */
function startExecution(
  { stateMachineArn, name, input }: z.infer<typeof StartInput>,
  executions: Map<string, Execution>,
  options: StepFunctionsOptions,
): object {
  if (stateMachineArn !== options.stateMachineArn) {
    throw lambdaError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const known = executions.get(name);
  if (known?.status === 'RUNNING' && known.input === input) return { executionArn, startDate: known.startDate };
  if (known !== undefined) throw lambdaError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  const run = options.run({ name, arn: executionArn, input: JSON.parse(input) });
  const execution: Execution = { executionArn, name, input, startDate: seconds(), status: 'RUNNING', run };
  executions.set(name, execution);
  run.result.then(
    (output) => end(execution, { status: 'SUCCEEDED', output: JSON.stringify(output) }),
    ({ name: error, message: cause }) => end(execution, { status: 'FAILED', error, cause }),
  );
  const end = (ended: Execution, outcome: Partial<Execution>) => {
    Object.assign(ended, outcome, { stopDate: seconds() });
    options.onEnd?.({ execution: name, ...(outcome.error !== undefined && { error: outcome.error }) });
  };
  return { executionArn, startDate: execution.startDate };
}

function describe({ run: _, ...execution }: Execution, { stateMachineArn }: StepFunctionsOptions): object {
  return { ...execution, stateMachineArn };
}

/** Seconds since 1970, with fractions: how AWS JSON writes a time. */
const seconds = () => Date.now() / 1000;

/** The body, once its signature is proven: a page in a browser can reach this port, but cannot sign. */
async function readSigned(request: IncomingMessage, { accessKeyId, secretAccessKey }: Credentials): Promise<string> {
  const body = await readBody(request, bodyMaxBytes);
  if (body === undefined) throw lambdaError('ValidationException', 'The request is too large');
  const [, credential = '', signedHeaders = '', signature = ''] =
    /Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const date = String(request.headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/${localAccount.region}/states/aws4_request`;
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const canonical = canonicalRequest(
    { method: request.method ?? '', path: '/', query: [], headers },
    signedHeaders.split(';'),
    sha256Hex(body.toString()),
  );
  const key = scope.split('/').reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  const expected = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256Hex(canonical)].join('\n'));
  const given = Buffer.from(signature, 'hex');
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
  if (isGenuine && credential === `${accessKeyId}/${scope}`) return body.toString();
  throw lambdaError('InvalidSignatureException', 'The request signature does not match');
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
