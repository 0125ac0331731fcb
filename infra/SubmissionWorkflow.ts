import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  type IChainable,
  type INextable,
  JsonPath,
  LogLevel,
  type RetryProps,
  S3JsonLItemReader,
  type State,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { WorkflowStep } from '../core/submission/contracts/states.ts';
import type { Decision } from '../core/submission/contracts/steps.ts';
import type { Permissions } from './Access.ts';
import type { StepName } from './functionSettings.ts';
import { archiveWaits, shortFault, workerDeath } from './retryPolicies.ts';
import { allowMapRuns, executionPermissions, workflowRole } from './workflowAccess.ts';

interface Props {
  step: (name: StepName) => IFunction;
  /** Where the lists of map items lie. */
  work: Bucket;
  /** Of the WORK bucket and of the log. */
  key: Key;
}

/** What every step is told: ids, no more. Execution history keeps them for 90 days. */
const submission = { submission: JsonPath.stringAt('$.submission'), attempt: JsonPath.numberAt('$.attempt') };

/**
 * The way of one submission, told once. An execution takes `{ submission, attempt, resumeFrom }`, never waits for a
 * person, and may be started again at any step: every step is safe to run twice.
 */
export class SubmissionWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly permissions: Permissions<'executions'>;
  readonly #props: Props;
  readonly #failure: IChainable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.#props = props;
    this.#failure = this.#recordFailure('RecordFailure', 'Failed');

    const log = new LogGroup(this, 'Log', {
      logGroupName: '/aws/vendedlogs/states/airlock-submission',
      retention: RetentionDays.ONE_YEAR,
      encryptionKey: props.key,
    });
    const role = workflowRole(this, { step: props.step, work: props.work, key: props.key });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(this.#path()),
      stateMachineType: StateMachineType.STANDARD,
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
    });
    // CDK's own policy for map runs, which a role that takes no updates leaves unattached
    this.stateMachine.node.tryRemoveChild('DistributedMapPolicy');
    allowMapRuns(this, { role, stateMachine: this.stateMachine });
    this.permissions = executionPermissions(this.stateMachine);
  }

  #path(): Choice {
    const plan = this.#step('Plan', 'planSubmission');
    const validate = this.#map('Validate', 'validateBatch', batches);
    const review = this.#step('Review', 'reviewFindings', { resultPath: '$.review', waits: archiveWaits });
    const anonymize = this.#map('Anonymize', 'anonymizeBatch', batches);
    const checkIntegrity = this.#step('CheckIntegrity', 'checkIntegrity');
    const push = this.#map('Push', 'pushScan', deliveries);
    const confirm = this.#step('Confirm', 'confirmArchive', { resultPath: '$.confirm', waits: archiveWaits });
    const seal = this.#step('Seal', 'sealReceipt', { waits: archiveWaits });
    const relabel = this.#step('Relabel', 'relabelSession', { waits: archiveWaits });
    const withdraw = this.#step('Withdraw', 'removeSubmission', { waits: archiveWaits });
    const hold = this.#step('Hold', 'holdSubmission');
    const reject = this.#step('Reject', 'rejectSubmission');

    plan.next(validate);
    validate.next(review);
    review.next(
      new Choice(this, 'Decide').when(decided('accept'), anonymize).when(decided('hold'), hold).otherwise(reject),
    );
    anonymize.next(checkIntegrity);
    checkIntegrity.next(push);
    push.next(confirm);
    const held = new Succeed(this, 'Held');
    confirm.next(new Choice(this, 'Settle').when(isConfirmed, seal).otherwise(held));
    seal.next(new Succeed(this, 'Archived'));
    relabel.next(new Succeed(this, 'Relabelled'));
    withdraw.next(new Succeed(this, 'Withdrawn'));
    hold.next(held);
    reject.next(new Succeed(this, 'Rejected'));
    return this.#resume(plan, {
      Validate: validate,
      Review: review,
      Anonymize: anonymize,
      CheckIntegrity: checkIntegrity,
      Push: push,
      Confirm: confirm,
      Seal: seal,
      Relabel: relabel,
      Withdraw: withdraw,
    });
  }

  /** An attempt begins where the one before left off, or at the beginning. */
  #resume(start: State, entries: Record<Exclude<WorkflowStep, 'Plan'>, State>): Choice {
    const resume = new Choice(this, 'Resume');
    for (const [step, state] of Object.entries(entries)) {
      resume.when(Condition.stringEquals('$.resumeFrom', step), state);
    }
    return resume.otherwise(start);
  }

  /** One Lambda of the path. Its result is dropped unless a later state reads it. */
  #step(name: string, step: StepName, { resultPath = JsonPath.DISCARD, waits }: StepOptions = {}): LambdaInvoke {
    const task = this.#task(name, step, { resultPath, waits });
    task.addCatch(this.#failure, { errors: ['States.ALL'], resultPath: '$.failure' });
    return task;
  }

  /**
   * One Lambda for each line of a list in the WORK bucket. An item that fails records its own error before the map
   * ends: all that the map itself would say is that too many items failed. Its state has the name of the step.
   */
  #map(name: string, step: StepName, { items, children, maxConcurrency, waits }: MapOptions) {
    const itemName = `${step.charAt(0).toUpperCase()}${step.slice(1)}`;
    const task = this.#task(itemName, step, {
      resultPath: JsonPath.DISCARD,
      waits,
      item: JsonPath.objectAt('$.item'),
    });
    const failure = this.#recordFailure(`Record${itemName}Failure`, `${itemName}Failed`);
    task.addCatch(failure, { errors: ['States.ALL'], resultPath: '$.failure' });
    const map = new DistributedMap(this, name, {
      mapExecutionType: children,
      maxConcurrency,
      itemReader: new S3JsonLItemReader({
        bucket: this.#props.work,
        key: JsonPath.format(`{}/${items}`, JsonPath.stringAt('$.submission')),
      }),
      itemSelector: { ...submission, item: JsonPath.objectAt('$$.Map.Item.Value') },
      resultPath: JsonPath.DISCARD,
    });
    map.itemProcessor(task);
    map.addCatch(this.#failure, { errors: ['States.ALL'], resultPath: '$.failure' });
    return map;
  }

  #recordFailure(name: string, end: string): IChainable {
    const record = this.#task(name, 'recordFailure', {
      resultPath: JsonPath.DISCARD,
      failure: JsonPath.objectAt('$.failure'),
    });
    return record.next(new Fail(this, end, { errorPath: '$.failure.Error' }));
  }

  #task(name: string, step: StepName, { resultPath, waits = [], ...input }: TaskOptions): LambdaInvoke & INextable {
    const task = new LambdaInvoke(this, name, {
      lambdaFunction: this.#props.step(step),
      payloadResponseOnly: true,
      payload: TaskInput.fromObject({ ...submission, ...input }),
      resultPath,
      // CDK's own retry names fewer errors and has no jitter
      retryOnServiceExceptions: false,
    });
    for (const policy of [shortFault, workerDeath, ...waits]) task.addRetry(policy);
    return task;
  }
}

interface StepOptions {
  resultPath?: string;
  waits?: readonly RetryProps[] | undefined;
}

interface TaskOptions {
  resultPath: string;
  /** What it waits for outside, longer than for a fault that passes. */
  waits?: readonly RetryProps[] | undefined;
  item?: unknown;
  failure?: unknown;
}

interface MapOptions {
  items: 'batches.jsonl' | 'deliveries.jsonl';
  children: StateMachineType;
  maxConcurrency: number;
  waits?: readonly RetryProps[];
}

/** A batch is seconds of work, and safe to run twice: it fits Express executions, which are paid by their time. */
const batches: MapOptions = { items: 'batches.jsonl', children: StateMachineType.EXPRESS, maxConcurrency: 20 };

const deliveries: MapOptions = {
  items: 'deliveries.jsonl',
  // A scan may take longer than the five minutes of an Express execution, and wait for XNAT
  children: StateMachineType.STANDARD,
  // XNAT must have one writer a session; turns keep other submissions out, this keeps the submission's own scans apart
  maxConcurrency: 1,
  waits: archiveWaits,
};

const isConfirmed = Condition.stringEquals('$.confirm.decision', 'accept' satisfies Decision);
const decided = (decision: Decision) => Condition.stringEquals('$.review.decision', decision);
