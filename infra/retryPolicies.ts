import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { DomainErrorCode } from '../core/submission/errorCatalogue.ts';

/** Faults that pass within a minute. Full jitter, since many map items meet the same fault at once. */
export const shortFault: RetryProps = {
  errors: [
    'StorageUnavailable' satisfies DomainErrorCode,
    'LedgerConflict' satisfies DomainErrorCode,
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(30),
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/** A worker that died or ran out of time. Twice, not more: what kills a worker three times kills every worker. */
export const workerDeath: RetryProps = {
  errors: ['Lambda.Unknown', 'Sandbox.Timedout', 'Runtime.ExitError', 'States.Timeout'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(5),
  maxAttempts: 2,
  jitterStrategy: JitterType.FULL,
};

/** XNAT restarts or is being updated: from half a minute to ten minutes apart, for about three hours in all. */
export const archiveOutage: RetryProps = {
  errors: ['XnatUnavailable' satisfies DomainErrorCode],
  interval: Duration.seconds(30),
  backoffRate: 2,
  maxDelay: Duration.minutes(10),
  maxAttempts: 24,
  jitterStrategy: JitterType.FULL,
};
