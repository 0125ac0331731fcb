import * as z from 'zod';
import { lambdaError } from './lambdaError.ts';
import { isObject } from './resolveTemplate.ts';

export const Json = z.json();
export type Json = z.infer<typeof Json>;

type State = Record<string, unknown>;
/** A state machine or an item processor, as far as its shape matters here. */
const Machine = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), z.record(z.string(), z.unknown())) });
export type Machine = z.infer<typeof Machine>;

/** Runs a machine of one map state over the items that `$$.Items` holds. */
export type RunMap = (machine: Machine, input: Json, map: { items: unknown[]; isExpress: boolean }) => Promise<Json>;

/** What the states reach outside. */
interface Reach {
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  readLines(object: { bucket: string; key: string }): Promise<unknown[]>;
  runMap: RunMap;
  /** Multiplies every pause. */
  timeScale: number;
}

type Handlers = Record<string, (input: Json) => Promise<Json>>;

/** Step Functions' quota on the input and the result of a state. */
const payloadMaxBytes = 256 * 1024;
/** The interpreter gives a task 60 s when it states none; AWS waits. The longest timer of Node is 24 days. */
const taskTimeoutSeconds = 2_000_000;
const LambdaParameters = z.object({ FunctionName: z.string(), Payload: z.unknown() });
const ObjectParameters = z.object({ Bucket: z.string(), Key: z.string() });
/** What stays of a map when a handler does its work: where its input comes from and where its result goes. */
const mapFieldsKept = [
  'Comment',
  'Next',
  'End',
  'InputPath',
  'OutputPath',
  'ResultSelector',
  'ResultPath',
  'Retry',
  'Catch',
];

/** A machine as the interpreter takes it, with the handler of each task by the name of its state. */
export function prepareMachine(machine: Machine, reach: Reach): { definition: Machine; handlers: Handlers } {
  const handlers: Handlers = {};
  const prepareState = (name: string, state: State): State => {
    if (state.Type === 'Task') {
      handlers[name] = (input) => runTask(state, input, reach);
      return { TimeoutSeconds: taskTimeoutSeconds, ...state };
    }
    if (state.Type !== 'Map') return state;
    const processor = Machine.parse(state.ItemProcessor);
    if (state.ItemReader === undefined) return { ...state, ItemProcessor: prepareStates(processor) };
    handlers[name] = (input) => runDistributedMap(state, input, reach);
    const kept = Object.entries(state).filter(([field]) => mapFieldsKept.includes(field));
    return { ...Object.fromEntries(kept), Type: 'Task', Resource: 'local:map', TimeoutSeconds: taskTimeoutSeconds };
  };
  const prepareStates = (part: Machine): Machine => ({
    ...part,
    States: Object.fromEntries(
      Object.entries(part.States).map(([name, state]) => [name, prepareState(name, scaled(state, reach.timeScale))]),
    ),
  });
  return { definition: prepareStates(machine), handlers };
}

async function runTask({ Resource }: State, input: Json, reach: Reach): Promise<Json> {
  if (!String(Resource).endsWith(':states:::lambda:invoke')) return await invoke(String(Resource), input, reach);
  const { FunctionName, Payload } = LambdaParameters.parse(input);
  return { ExecutedVersion: '$LATEST', Payload: await invoke(FunctionName, Payload, reach), StatusCode: 200 };
}

async function invoke(name: string, payload: unknown, reach: Reach): Promise<Json> {
  requireSize(payload, `the input of ${name}`);
  const result = Json.parse((await reach.invoke(name, payload).catch(rethrowWithCause)) ?? null);
  requireSize(result, `the result of ${name}`);
  return result;
}

/** Lambda hands its error over as JSON in the cause; only the name is a field of its own. */
function rethrowWithCause(error: unknown): never {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  throw lambdaError(name, JSON.stringify({ errorType: name, errorMessage: message }));
}

function requireSize(value: unknown, what: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes <= payloadMaxBytes) return;
  const error = lambdaError('States.DataLimitExceeded', `Cannot pass ${what} on: ${bytes} bytes of at most 262144`);
  // as on AWS, not even States.ALL matches it
  throw Object.assign(error, { isRetryable: false, isCatchable: false });
}

/**
 * A Distributed Map with no tolerated failure: any failed item fails the map, under the name that AWS gives it, which
 * hides the item's own error.
 */
async function runDistributedMap(state: State, input: Json, reach: Reach): Promise<Json> {
  const items = await readItems(state, input, reach);
  const { ItemSelector, MaxConcurrency } = state;
  const { ProcessorConfig, ...processor } = Machine.parse(state.ItemProcessor);
  const isExpress = isObject(ProcessorConfig) && ProcessorConfig.ExecutionType === 'EXPRESS';
  const selected = {
    ...(ItemSelector !== undefined && { ItemSelector }),
    ...(MaxConcurrency !== undefined && { MaxConcurrency }),
  };
  const Items = { Type: 'Map', ItemsPath: '$$.Items', ...selected, ItemProcessor: processor, End: true };
  try {
    return await reach.runMap({ StartAt: 'Items', States: { Items } }, input, { items, isExpress });
  } catch (cause) {
    const error = lambdaError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
    throw Object.assign(error, { cause });
  }
}

async function readItems({ ItemReader }: State, input: Json, { runMap, readLines }: Reach): Promise<unknown[]> {
  const Parameters = isObject(ItemReader) ? ItemReader.Parameters : undefined;
  const Read = { Type: 'Pass', ...(Parameters !== undefined && { Parameters }), End: true };
  const { Bucket: bucket, Key: key } = ObjectParameters.parse(
    await runMap({ StartAt: 'Read', States: { Read } }, input, { items: [], isExpress: true }),
  );
  try {
    return await readLines({ bucket, key });
  } catch (cause) {
    const error = lambdaError('States.ItemReaderFailed', 'The item reader could not read its object');
    throw Object.assign(error, { cause });
  }
}

function scaled(state: State, timeScale: number): State {
  if (timeScale === 1) return state;
  const scaledBy = (value: unknown, absent?: number) => (typeof value === 'number' ? value : (absent ?? 0)) * timeScale;
  const retries = Array.isArray(state.Retry) ? state.Retry.filter(isObject) : [];
  return {
    ...state,
    ...(state.Seconds !== undefined && { Seconds: scaledBy(state.Seconds) }),
    ...(state.Retry !== undefined && {
      // the interval is 1 s when absent (States Language, Retry)
      Retry: retries.map((retry) => ({
        ...retry,
        IntervalSeconds: scaledBy(retry.IntervalSeconds, 1),
        ...(retry.MaxDelaySeconds !== undefined && { MaxDelaySeconds: scaledBy(retry.MaxDelaySeconds) }),
      })),
    }),
  };
}
