import { pathToFileURL } from 'node:url';
import { isObject } from './resolveTemplate.ts';

/**
 * The process that one Lambda function runs in: loads the bundled module, then answers one invocation at a time, the
 * way the Node.js runtime of Lambda does. It ends with its parent, however that one ended. It imports as little as it
 * can: its start is part of every cold start.
 */
type Handler = (event: unknown, context: object) => unknown;

const { AIRLOCK_WORKER_MODULE: modulePath, AIRLOCK_WORKER_HANDLER: handlerName } = process.env;
if (modulePath !== undefined && handlerName !== undefined) serve(loadHandler(modulePath, handlerName));

function serve(loading: Promise<Handler>): void {
  // loading fails again, with its message, at each invocation that awaits it
  loading.catch(() => undefined);
  process.on('disconnect', () => process.exit());
  process.on('message', async (message) => {
    if (!isObject(message)) return;
    const { id, event, deadline } = message;
    process.send?.(
      await answer(String(id), async () => (await loading)(event, contextOf(String(id), Number(deadline)))),
    );
  });
}

async function loadHandler(path: string, name: string): Promise<Handler> {
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = module[name];
  if (typeof handler !== 'function') throw new Error(`Cannot load the function: its module exports no ${name}`);
  return (event, context) => handler(event, context);
}

async function answer(id: string, run: () => Promise<unknown>): Promise<object> {
  try {
    return { id, result: (await run()) ?? null };
  } catch (error) {
    if (!(error instanceof Error)) return { id, error: { errorType: 'Error', errorMessage: String(error) } };
    return { id, error: { errorType: error.name, errorMessage: error.message } };
  }
}

function contextOf(awsRequestId: string, deadline: number): object {
  const { AWS_LAMBDA_FUNCTION_NAME: functionName = '', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory = '' } = process.env;
  return {
    awsRequestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: process.env.AIRLOCK_WORKER_ARN ?? '',
    memoryLimitInMB: memory,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
