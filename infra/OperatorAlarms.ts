import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

interface Props {
  key: IKey;
  deadLetters: Queue;
  commits: Queue;
  stateMachine: StateMachine;
}

const period = Duration.minutes(5);

/** What an operator must hear of. Subscribers are added to the topic by hand: their addresses are no code. */
export class OperatorAlarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { key, deadLetters, commits, stateMachine }: Props) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.#alarm('DeadLetter', 'A commit could not start its workflow', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      above: 0,
    });
    this.#alarm('CommitsWait', 'Commits have waited for ten minutes', {
      metric: commits.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      above: 600,
    });
    this.#alarm('ExecutionFailed', 'A submission failed: read its reason, then re-drive', {
      metric: stateMachine.metricFailed({ period, statistic: 'Sum' }),
      above: 0,
    });
  }

  #alarm(name: string, alarmDescription: string, { metric, above }: { metric: IMetric; above: number }): void {
    new Alarm(this, name, {
      alarmDescription,
      metric,
      threshold: above,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.topic));
  }
}
