import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { DomainErrorCode } from '../core/submission/codes/errorCatalogue.ts';

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

/** XNAT restarts, is being updated, or is down: from half a minute to ten minutes apart, for eight hours on average. */
const archiveOutage: RetryProps = {
  errors: ['XnatUnavailable' satisfies DomainErrorCode],
  interval: Duration.seconds(30),
  backoffRate: 2,
  maxDelay: Duration.minutes(10),
  maxAttempts: 100,
  jitterStrategy: JitterType.FULL,
};

/** Others are at XNAT: a turn comes within minutes, and a long queue passes within half a day. */
const archiveBusy: RetryProps = {
  errors: ['XnatBusy' satisfies DomainErrorCode],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxDelay: Duration.minutes(2),
  maxAttempts: 720,
  jitterStrategy: JitterType.FULL,
};

/** The project delivers at other hours, a person paused it, or a curator has to archive it: a week on average. */
const archivePaused: RetryProps = {
  errors: ['XnatPaused' satisfies DomainErrorCode, 'XnatUncommitted' satisfies DomainErrorCode],
  interval: Duration.minutes(1),
  backoffRate: 2,
  maxDelay: Duration.minutes(30),
  maxAttempts: 680,
  jitterStrategy: JitterType.FULL,
};

/** All that a step at XNAT waits for. */
export const archiveWaits = [archiveOutage, archiveBusy, archivePaused];
