import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { countExternalMemory } from './countExternalMemory.ts';
import { faultRecord, neutralError } from './faultRecord.ts';
import { issuesOf } from './issuesOf.ts';
import { logger } from './logger.ts';
import { once } from './once.ts';
import { lambdaPorts, signOut } from './ports.ts';

countExternalMemory();

export type LambdaFunction<Result> = (event: unknown, context: Context) => Promise<Result>;

/** What log lines of one invocation are found by; an event that has no proper id leaves none. */
const Correlation = z.object({ submission: SubmissionId, attempt: z.int().optional() });

/**
 * The Lambda function of one workflow step. Ports are opened at the first call, and of them only those that the step
 * names. A refusal leaves as it is: its name is the Step Functions error name. Any other fault is logged without its
 * message and leaves as UnexpectedFault.
 * @param contract Schemas of the input and output; input that does not fit is RequestInvalid
 */
export function stepHandler<Input extends z.ZodType, Output extends z.ZodType>(
  contract: { input: Input; output: Output },
  step: (ports: Ports) => (input: z.output<Input>) => Promise<z.input<Output>>,
  ports: () => Ports = lambdaPorts,
): LambdaFunction<z.output<Output>> {
  const run = once(() => step(ports()));
  const invoke = async (event: unknown): Promise<z.output<Output>> => {
    correlate(event);
    const input = parsedInput(contract.input, event);
    return parsedOutput(contract.output, await run()(input).finally(signOut));
  };
  return middy<unknown, z.output<Output>>()
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .onError((request) => {
      logger.error('step failed', { fault: faultRecord(request.error) });
      request.error = neutralError(request.error);
    })
    .handler(invoke);
}

function correlate(event: unknown): void {
  const correlation = Correlation.safeParse(event);
  if (correlation.success) logger.appendKeys(correlation.data);
}

function parsedInput<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new DomainError('RequestInvalid', `Cannot run the step: its input is wrong at ${pointersOf(parsed.error)}`);
}

function parsedOutput<Schema extends z.ZodType>(schema: Schema, result: unknown): z.output<Schema> {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new DomainError('UnexpectedFault', `Cannot end the step: its output is wrong at ${pointersOf(parsed.error)}`);
}

const pointersOf = (error: z.ZodError) => issuesOf(error).map(({ pointer, message }) => `${pointer || '/'} ${message}`);
