import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { executionName } from '../../core/submission/contracts/keys.ts';
import type { Executions } from '../../core/submission/ports.ts';

/**
 * Executions of one state machine. The name holds submission and attempt, so Step Functions itself starts an attempt
 * once.
 * @throws DomainError StorageUnavailable for faults of the service
 */
export function stepFunctionsExecutions({
  client = new SFNClient(),
  stateMachineArn,
}: {
  client?: SFNClient;
  stateMachineArn: string;
}): Executions {
  return {
    async start({ submission, attempt, resumeFrom }) {
      const command = new StartExecutionCommand({
        stateMachineArn,
        name: executionName(submission, attempt),
        input: JSON.stringify({ submission, attempt, resumeFrom }),
      });
      await client.send(command).catch((cause: unknown) => {
        if (!isNamed(cause, 'ExecutionAlreadyExists')) throw unavailable('start', cause);
      });
    },
    async status({ submission, attempt }) {
      const command = new DescribeExecutionCommand({
        executionArn: executionArn(stateMachineArn, executionName(submission, attempt)),
      });
      const execution = await client.send(command).catch((cause: unknown) => {
        if (isNamed(cause, 'ExecutionDoesNotExist')) return undefined;
        throw unavailable('describe', cause);
      });
      if (execution === undefined) return 'absent';
      return execution.status === 'RUNNING' || execution.status === 'PENDING_REDRIVE' ? 'running' : 'ended';
    },
  };
}

const executionArn = (stateMachineArn: string, name: string) =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

const unavailable = (verb: string, cause: unknown) =>
  new DomainError('StorageUnavailable', `Cannot ${verb} the execution: Step Functions does not answer`, { cause });
