import {
  ExecutionError,
  ExecutionTimeoutError,
  StateMachine,
  type StateMachineDefinition,
} from 'aws-local-stepfunctions';
import { requireAslSubset } from './aslSubset.ts';
import { lambdaError } from './lambdaError.ts';
import { Json, type Machine, prepareMachine, type RunMap } from './prepareMachine.ts';
import { isObject } from './resolveTemplate.ts';

/** One state that an execution entered. `item` is the number of the map item that it works on. */
export interface StateEntered {
  execution: string;
  state: string;
  item?: number;
}

/** What AWS bills: transitions of Standard executions; starts and run time of Express ones. */
export interface WorkflowCounts {
  transitions: number;
  expressExecutions: number;
  expressMilliseconds: number;
}

export interface StateMachineOptions {
  /** The definition with every reference resolved. */
  definition: Record<string, unknown>;
  name: string;
  arn: string;
  /** Runs a function, named by ARN or name. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /** The lines of an object of JSON lines. */
  readLines(object: { bucket: string; key: string }): Promise<unknown[]>;
  onState?: ((entered: StateEntered) => void) | undefined;
  /** A state failed, once or for good; the error's name. */
  onFault?: ((fault: StateEntered & { error: string }) => void) | undefined;
  /** Multiplies the pauses between retries; 1 when absent. */
  timeScale?: number | undefined;
}

export interface WorkflowRun {
  /** Rejects with an error whose name is the Step Functions error. */
  result: Promise<unknown>;
  abort(): void;
}

interface WorkflowRunner {
  run(execution: { name: string; arn: string; input: unknown }): WorkflowRun;
  counts(): WorkflowCounts;
}

/**
 * Runs the workflow of the template. An interpreter of the States Language does the work; what it lacks, the
 * Distributed Map, becomes a task here: it reads the item list, then runs the item processor as an inline map.
 * Throws for a definition that it would not run as AWS does.
 */
export function createStateMachine(options: StateMachineOptions): WorkflowRunner {
  const { definition, invoke, readLines, timeScale = 1 } = options;
  requireAslSubset(definition);
  requireMachine(definition);
  // the validator writes defaults into what it is given
  new StateMachine(structuredClone(definition), { validationOptions: { checkPaths: true, checkArn: true } });
  const counts: WorkflowCounts = { transitions: 0, expressExecutions: 0, expressMilliseconds: 0 };
  return {
    counts: () => ({ ...counts }),
    run: ({ name, arn, input }) => {
      const context = { Execution: { Id: arn, Name: name }, StateMachine: { Id: options.arn, Name: options.name } };
      const aborts = new Set<() => void>();
      const runMap: RunMap = (machine, mapInput, { items, isExpress }) =>
        runMachine(machine, mapInput, { ...scope, isExpress, inMap: true, context: { ...context, Items: items } });
      const scope: Scope = {
        ...{ options, counts, execution: name, context, aborts, isExpress: false, inMap: false },
        prepare: (machine) => prepareMachine(machine, { invoke, readLines, timeScale, runMap }),
      };
      const abort = () => {
        for (const end of aborts) end();
      };
      return { result: runMachine(definition, Json.parse(input), scope).finally(abort), abort };
    },
  };
}

interface Scope {
  options: StateMachineOptions;
  counts: WorkflowCounts;
  execution: string;
  context: Record<string, unknown>;
  aborts: Set<() => void>;
  prepare: (machine: Machine) => ReturnType<typeof prepareMachine>;
  /** Express children are billed by time, not by transition. */
  isExpress: boolean;
  inMap: boolean;
}

async function runMachine(machine: Machine, input: Json, scope: Scope): Promise<Json> {
  const { definition, handlers } = scope.prepare(machine);
  requireMachine(definition);
  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(input, {
    overrides: { taskResourceLocalHandlers: handlers },
    context: scope.context,
  });
  scope.aborts.add(execution.abort);
  const followed = follow(execution.eventLogs, scope);
  try {
    return await execution.result;
  } catch (error) {
    throw workflowError(error);
  } finally {
    scope.aborts.delete(execution.abort);
    await followed;
  }
}

type ExecutionEvent = Awaited<ReturnType<ReturnType<StateMachine['run']>['eventLogs']['next']>>['value'];

/** Tells and counts what happens. The end of an execution is a transition too. */
async function follow(events: AsyncIterable<ExecutionEvent>, scope: Scope): Promise<void> {
  const starts = new Map<number, number>();
  for await (const event of events) {
    tell(event, scope);
    if (scope.isExpress) countExpress(event, starts, scope.counts);
    else if (isTransition(event, scope)) scope.counts.transitions += 1;
  }
}

const transitionTypes = new Set(['StateEntered', 'StateRetried', 'ExecutionSucceeded', 'ExecutionFailed']);
const childTransitionTypes = new Set(['StateEntered', 'StateRetried', 'MapIterationSucceeded', 'MapIterationFailed']);

function isTransition(event: ExecutionEvent, { inMap }: Scope): boolean {
  if (!inMap) return transitionTypes.has(event.type);
  return 'index' in event && event.index !== undefined && childTransitionTypes.has(event.type);
}

function tell(event: ExecutionEvent, { options, execution, inMap }: Scope): void {
  if (!('state' in event) || (inMap && event.index === undefined)) return;
  const entered = { execution, state: event.state.name, ...(event.index !== undefined && { item: event.index }) };
  if (event.type === 'StateEntered') options.onState?.(entered);
  if (event.type === 'StateFailed' && 'Error' in event) options.onFault?.({ ...entered, error: event.Error });
}

function countExpress(event: ExecutionEvent, starts: Map<number, number>, counts: WorkflowCounts): void {
  if (event.type === 'MapIterationStarted') {
    starts.set(event.index, event.timestamp);
    counts.expressExecutions += 1;
  }
  if (event.type === 'MapIterationSucceeded' || event.type === 'MapIterationFailed') {
    counts.expressMilliseconds += event.timestamp - (starts.get(event.index) ?? event.timestamp);
  }
}

/** The error of Step Functions behind the interpreter's. */
function workflowError(error: unknown): unknown {
  if (error instanceof ExecutionError) return error.cause;
  if (error instanceof ExecutionTimeoutError) return lambdaError('States.Timeout', 'The execution ran out of time');
  return error;
}

function requireMachine(value: unknown): asserts value is Machine & StateMachineDefinition {
  if (isObject(value) && typeof value.StartAt === 'string' && isObject(value.States)) return;
  throw new Error('Cannot run the workflow on one machine: its definition has no states');
}
