import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { stagingKeys } from '../core/submission/contracts/keys.ts';
import type { Permissions } from './Access.ts';
import { allow } from './allow.ts';
import { functionSettings } from './functionSettings.ts';

/**
 * From the commit object to a started execution: S3 → EventBridge → queue → function. The queue gives us retries, a
 * backlog that can be measured and a pause switch; the function gives the execution its name, which starts it once.
 */
export class CommitTrigger extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly permissions: Permissions<'commitQueue'>;

  constructor(scope: Construct, id: string, { staging, key }: { staging: Bucket; key: Key }) {
    super(scope, id);
    const encrypted = { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...encrypted, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...encrypted,
      // AWS asks for six times the function's timeout, so that a throttled batch is not delivered twice
      visibilityTimeout: Duration.seconds(6 * functionSettings.startExecution.timeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    const [prefix, suffix] = stagingKeys.commit('\n').split('\n');
    new Rule(this, 'OnCommit', {
      description: 'A site committed a submission',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [staging.bucketName] },
          object: { key: [{ wildcard: `${prefix}*${suffix}` }] },
        },
      },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    });
    this.permissions = {
      commitQueue: {
        environment: {},
        statements: [
          allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], this.queue.queueArn),
          allow(['kms:Decrypt'], key.keyArn),
        ],
      },
    };
  }

  start(startExecution: IFunction): void {
    new EventSourceMapping(this, 'Mapping', {
      target: startExecution,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: 5,
      reportBatchItemFailures: true,
    });
  }
}
