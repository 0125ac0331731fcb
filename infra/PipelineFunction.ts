import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Permission } from './Access.ts';
import { allow } from './allow.ts';
import { type FunctionName, functionSettings } from './functionSettings.ts';
import { streamingFlags } from './streamingFlags.ts';

interface Props {
  name: FunctionName;
  /** Folder of the bundled handlers. */
  handlers: string;
  logKey: IKey;
  permissions: Permission[];
}

/** One Lambda function with a role of its own, which holds what `functionSettings` lists and nothing else. */
export class PipelineFunction extends LambdaFunction {
  constructor(scope: Construct, { name, handlers, logKey, permissions }: Props) {
    const { memoryMb, timeoutSeconds } = functionSettings[name];
    const logGroup = new LogGroup(scope, `${name}Log`, {
      retention: RetentionDays.ONE_YEAR,
      encryptionKey: logKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const policy = new ManagedPolicy(scope, `${name}Access`, {
      description: `What the function ${name} may do`,
      statements: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
        ...permissions.flatMap(({ statements }) => statements),
      ],
    });
    const role = new Role(scope, `${name}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [policy],
    });
    super(scope, name, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(handlers, name)),
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      // CDK adds no statements of its own: the policy above is complete
      role: role.withoutPolicyUpdates(),
      logGroup,
      environment: Object.assign(
        { NODE_OPTIONS: streamingFlags },
        ...permissions.map(({ environment }) => environment),
      ),
    });
  }
}
