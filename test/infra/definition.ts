import * as z from 'zod';
import { named, type synthesize } from './synthesized.ts';

const Retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxAttempts: z.number(),
  MaxDelaySeconds: z.number(),
  JitterStrategy: z.string(),
});
const Catcher = z.object({ ErrorEquals: z.array(z.string()), Next: z.string(), ResultPath: z.string() });

const State = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  Retry: z.array(Retrier).default([]),
  Catch: z.array(Catcher).default([]),
  ItemProcessor: z.looseObject({ ProcessorConfig: z.record(z.string(), z.string()) }).optional(),
});
type State = z.infer<typeof State>;

const Machine = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), z.unknown()) });

/** A state, and the map that it is an item of. */
export interface PlacedState {
  name: string;
  state: State;
  map: string | undefined;
}

const Joined = z.object({
  DefinitionString: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
});
const GetAtt = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
const Ref = z.object({ Ref: z.string() });

/** The definition as Step Functions gets it: a function's ARN ends with its logical id, a bucket's name is its id. */
export function definitionOf(template: ReturnType<typeof synthesize>): z.infer<typeof Machine> {
  const { DefinitionString } = Joined.parse(named(template, 'AWS::StepFunctions::StateMachine', 'Workflow'));
  return Machine.parse(JSON.parse(DefinitionString['Fn::Join'][1].map(resolved).join('')));
}

function resolved(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  const arn = GetAtt.safeParse(piece);
  if (arn.success) return `arn:aws:lambda:eu-central-1:123456789012:function:${arn.data['Fn::GetAtt'][0]}`;
  const { Ref: id } = Ref.parse(piece);
  return id === 'AWS::Partition' ? 'aws' : id;
}

/** All states, those of maps' items included. */
export function statesOf(machine: unknown, map?: string): PlacedState[] {
  return Object.entries(Machine.parse(machine).States).flatMap(([name, raw]) => {
    const state = State.parse(raw);
    return [{ name, state, map }, ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor, name))];
  });
}
