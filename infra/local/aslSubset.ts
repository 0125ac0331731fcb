import { isObject } from './resolveTemplate.ts';

/**
 * The fields of the Amazon States Language that this machine runs, per type of state. The interpreter underneath
 * silently ignores fields it does not know (JSONata, variables, heartbeats, result writers), so a workflow that holds
 * any other field is refused at start rather than run differently from AWS.
 */
const flow = ['Type', 'Comment', 'Next', 'End'];
const paths = ['InputPath', 'OutputPath'];
const results = ['ResultSelector', 'ResultPath'];
const recovery = ['Retry', 'Catch'];

const stateFields: Readonly<Record<string, readonly string[]>> = {
  Task: [...flow, ...paths, ...results, ...recovery, 'Resource', 'Parameters', 'TimeoutSeconds'],
  Map: [
    ...[...flow, ...paths, ...results, ...recovery, 'ItemsPath', 'ItemReader', 'ItemSelector', 'ItemProcessor'],
    ...['MaxConcurrency', 'Label', 'ToleratedFailureCount', 'ToleratedFailurePercentage'],
  ],
  Choice: ['Type', 'Comment', ...paths, 'Choices', 'Default'],
  Pass: [...flow, ...paths, 'ResultPath', 'Parameters', 'Result'],
  Wait: [...flow, ...paths, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Succeed: ['Type', 'Comment', ...paths],
  Fail: ['Type', 'Comment', 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};

const machineFields = ['StartAt', 'States', 'Comment', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const processorFields = ['StartAt', 'States', 'Comment', 'ProcessorConfig'];
const retrierFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const catcherFields = ['ErrorEquals', 'Next', 'ResultPath', 'Comment'];
const readerFields = ['Resource', 'ReaderConfig', 'Parameters'];
const readerConfigFields = ['InputType'];
const processorConfigFields = ['Mode', 'ExecutionType'];
const ruleFields =
  /^(Next|Comment|Variable|And|Or|Not|Is(Null|Present|Numeric|String|Boolean|Timestamp)|(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals|Matches)(Path)?)$/;
/** Parts of the context object that the interpreter can answer. */
const contextPaths =
  /^\$\$\.(Execution\.(Id|Name|StartTime|Input)|StateMachine\.(Id|Name)|Map\.Item\.(Index|Value))(?![\w])/;

/** Throws naming the first field of the definition, if any, that this machine would not run as AWS does. */
export function requireAslSubset(definition: Record<string, unknown>): void {
  requireFields(definition, machineFields, 'the state machine');
  requireJsonPath(definition, 'the state machine');
  requireStates(definition);
}

function requireStates(machine: Record<string, unknown>): void {
  for (const [name, state] of Object.entries(objectAt(machine, 'States'))) {
    if (!isObject(state)) throw refusal(name, 'it is no object');
    requireState(name, state);
  }
}

function requireState(name: string, state: Record<string, unknown>): void {
  const allowed = stateFields[String(state.Type)];
  if (allowed === undefined) throw refusal(name, `the type ${state.Type} is not run here`);
  requireFields(state, allowed, name);
  for (const retrier of listAt(state, 'Retry')) requireFields(retrier, retrierFields, `${name}, Retry`);
  for (const catcher of listAt(state, 'Catch')) requireFields(catcher, catcherFields, `${name}, Catch`);
  for (const rule of listAt(state, 'Choices')) requireRule(rule, name);
  requireContextPaths(state, name);
  if (state.Type === 'Task') requireTask(name, state);
  if (state.Type === 'Map') requireMap(name, state);
}

function requireTask(name: string, { Resource }: Record<string, unknown>): void {
  if (typeof Resource === 'string' && /^arn:[\w-]+:(states:::lambda:invoke$|lambda:)/.test(Resource)) return;
  throw refusal(name, `the resource ${Resource} is not run here`);
}

function requireMap(name: string, state: Record<string, unknown>): void {
  const processor = objectAt(state, 'ItemProcessor');
  requireFields(processor, processorFields, `${name}, ItemProcessor`);
  const config = objectAt(processor, 'ProcessorConfig');
  requireFields(config, processorConfigFields, `${name}, ProcessorConfig`);
  for (const tolerance of ['ToleratedFailureCount', 'ToleratedFailurePercentage']) {
    if ((state[tolerance] ?? 0) !== 0) throw refusal(name, `${tolerance} above 0 is not run here`);
  }
  if (state.ItemReader !== undefined) requireReader(name, state);
  requireStates(processor);
}

function requireReader(name: string, state: Record<string, unknown>): void {
  const reader = objectAt(state, 'ItemReader');
  requireFields(reader, readerFields, `${name}, ItemReader`);
  const config = objectAt(reader, 'ReaderConfig');
  requireFields(config, readerConfigFields, `${name}, ReaderConfig`);
  if (!/^arn:[\w-]+:states:::s3:getObject$/.test(String(reader.Resource)) || config.InputType !== 'JSONL') {
    throw refusal(name, 'only JSON lines of S3 are read here');
  }
}

function requireRule(rule: Record<string, unknown>, name: string): void {
  const unknown = Object.keys(rule).find((field) => !ruleFields.test(field));
  if (unknown !== undefined) throw refusal(`${name}, Choices`, `the field ${unknown} is not run here`);
  for (const nested of [...listAt(rule, 'And'), ...listAt(rule, 'Or')]) requireRule(nested, name);
  if (isObject(rule.Not)) requireRule(rule.Not, name);
}

function requireContextPaths(value: unknown, name: string): void {
  if (typeof value === 'string') {
    const foreign = value.match(/\$\$\.[^\s,)]*/g)?.find((path) => !contextPaths.test(path));
    if (foreign !== undefined || value === '$$')
      throw refusal(name, `the context ${foreign ?? value} is not known here`);
    return;
  }
  if (Array.isArray(value)) for (const item of value) requireContextPaths(item, name);
  if (!isObject(value)) return;
  // the states inside a map are looked at by themselves
  for (const [key, member] of Object.entries(value)) if (key !== 'States') requireContextPaths(member, name);
}

function requireJsonPath({ QueryLanguage }: Record<string, unknown>, name: string): void {
  if (QueryLanguage === undefined || QueryLanguage === 'JSONPath') return;
  throw refusal(name, `the query language ${QueryLanguage} is not run here`);
}

function requireFields(value: Record<string, unknown>, allowed: readonly string[], name: string): void {
  const unknown = Object.keys(value).find((field) => !allowed.includes(field));
  if (unknown !== undefined) throw refusal(name, `the field ${unknown} is not run here`);
}

function objectAt(value: Record<string, unknown>, field: string): Record<string, unknown> {
  const member = value[field];
  return isObject(member) ? member : {};
}

function listAt(value: Record<string, unknown>, field: string): Record<string, unknown>[] {
  const member = value[field];
  return Array.isArray(member) ? member.filter(isObject) : [];
}

const refusal = (place: string, why: string) => new Error(`Cannot run the workflow on one machine: ${place}: ${why}`);
