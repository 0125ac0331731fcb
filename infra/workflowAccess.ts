import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Permissions } from './Access.ts';
import { allow } from './allow.ts';
import { type StepName, stepNames } from './functionSettings.ts';

/** The role of the workflow: it calls the steps, reads the lists of map items, and writes its log. */
export function workflowRole(
  scope: Construct,
  { step, work, key }: { step: (name: StepName) => IFunction; work: Bucket; key: IKey },
): Role {
  const calling = new ManagedPolicy(scope, 'WorkflowAccess', {
    statements: [
      allow(['lambda:InvokeFunction'], ...stepNames.map((name) => step(name).functionArn)),
      allow(
        ['s3:GetObject', 's3:GetObjectVersion'],
        work.arnForObjects('sub_*/batches.jsonl'),
        work.arnForObjects('sub_*/deliveries.jsonl'),
      ),
      allow(['kms:Decrypt'], key.keyArn),
    ],
  });
  // Neither X-Ray nor the delivery of logs knows resources
  const observing = new ManagedPolicy(scope, 'WorkflowObservation', {
    statements: [
      allow(
        ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
        '*',
      ),
      allow(
        [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        '*',
      ),
    ],
  });
  return new Role(scope, 'WorkflowRole', {
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    managedPolicies: [calling, observing],
  });
}

/** A Distributed Map starts executions of its own workflow, so this can only be said once that exists. */
export function allowMapRuns(scope: Construct, { role, stateMachine }: { role: Role; stateMachine: StateMachine }) {
  new ManagedPolicy(scope, 'MapRuns', {
    roles: [role],
    statements: [
      allow(['states:StartExecution'], stateMachine.stateMachineArn),
      allow(
        ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        executionsOf(stateMachine, ':*'),
        executionsOf(stateMachine, '/*'),
      ),
    ],
  });
}

/** Starting an attempt, and asking what became of it. */
export function executionPermissions(stateMachine: StateMachine): Permissions<'executions'> {
  return {
    executions: {
      environment: { STATE_MACHINE_ARN: stateMachine.stateMachineArn },
      statements: [
        allow(['states:StartExecution'], stateMachine.stateMachineArn),
        allow(['states:DescribeExecution'], executionsOf(stateMachine, ':sub_*')),
      ],
    },
  };
}

const executionsOf = (stateMachine: StateMachine, name: string) =>
  Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachine.stateMachineName}${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
