import { type Stack, Validations } from 'aws-cdk-lib';

const submissionPrefix =
  'Keys begin with the id of a submission, and a function serves all submissions. The site is checked in code';

/** A wildcard in a resource that a policy opens, as cdk-nag names it. */
const wildcard = (resource: string) => `AwsSolutions-IAM5[Resource::${resource}]`;

/** Findings of cdk-nag (AwsSolutions, HIPAA) that stand, each with the reason why. Any other fails the tests. */
export function acknowledgedFindings({ account, region }: Pick<Stack, 'account' | 'region'>): Record<string, string> {
  const executions = `arn:aws:states:${region}:${account}:execution:<WorkflowStateMachine8F1B1C15.Name>`;
  return {
    'AwsSolutions-APIG4':
      'The service description says where to sign in, so it cannot ask for a token. Every other route has the authorizer: a test says so',
    'AwsSolutions-CFR1': 'Sites are where the study has them; who may come in is decided by token, not by country',
    'AwsSolutions-CFR2':
      'A web ACL for CloudFront lives in us-east-1 and has a monthly price. The API is throttled and asks for a token; add one per deployment',
    'AwsSolutions-CFR4':
      'The default certificate of CloudFront fixes its own TLS policy. A deployment with a domain of its own sets TLSv1.2_2021',
    'AwsSolutions-SMG4':
      'The de-identification key must never change, or one patient becomes two. The XNAT account is rotated in XNAT, whose alias tokens no rotation function knows',
    'HIPAA.Security-SecretsManagerRotationEnabled': 'As AwsSolutions-SMG4',
    [wildcard('<BucketsStaging4C868D13.Arn>/sub_*')]: submissionPrefix,
    [wildcard('<BucketsStaging4C868D13.Arn>/sub_*/manifest.ndjson')]: submissionPrefix,
    [wildcard('<BucketsStaging4C868D13.Arn>/sub_*/objects/*')]: submissionPrefix,
    [wildcard('<BucketsStaging4C868D13.Arn>/control/*')]: submissionPrefix,
    [wildcard('<BucketsWorkA672F448.Arn>/sub_*')]: submissionPrefix,
    [wildcard('<BucketsWorkA672F448.Arn>/sub_*/batches.jsonl')]: submissionPrefix,
    [wildcard('<BucketsWorkA672F448.Arn>/sub_*/deliveries.jsonl')]: submissionPrefix,
    [wildcard('<BucketsClean75F84A17.Arn>/sub_*')]: submissionPrefix,
    [wildcard('<BucketsQuarantine81103B59.Arn>/sub_*')]: submissionPrefix,
    [wildcard('<BucketsAudit0C61E492.Arn>/receipts/*')]: submissionPrefix,
    [wildcard('<BucketsAudit0C61E492.Arn>/certificates/*')]: submissionPrefix,
    [wildcard(`${executions}:sub_*`)]: 'Executions are named after the submission and the attempt',
    [wildcard(`${executions}:*`)]: 'Map runs of the workflow itself: Step Functions chooses their names',
    [wildcard(`${executions}/*`)]: 'Map runs of the workflow itself: Step Functions chooses their names',
    [wildcard('*')]: 'X-Ray and the delivery of logs know no resources (AWS service authorization reference)',
    'HIPAA.Security-S3BucketReplicationEnabled':
      'What passes through is kept by its site until the receipt is there. A copy of the receipts in another account is up to each deployment',
    'HIPAA.Security-S3DefaultEncryptionKMS':
      'The pages are public, and neither log delivery of S3 nor that of CloudFront writes under a key of ours',
    'HIPAA.Security-DynamoDBInBackupPlan':
      'The ledger has point-in-time recovery of 35 days and deletion protection; what must last longer is the receipt, under Object Lock',
    'HIPAA.Security-LambdaConcurrency':
      'Concurrency is bounded where work begins: by the maps, by the queue and by the throttle of the API',
    'HIPAA.Security-LambdaDLQ':
      'Steps and routes are called synchronously and their failures recorded; commits have a dead-letter queue; the reconciler runs again in five minutes',
    'HIPAA.Security-LambdaInsideVPC':
      'Functions call AWS by TLS and hold no open port. An XNAT without a public address needs a network, which is a choice of each deployment',
  };
}

/** Writes them into the app, for whoever runs cdk-nag on a deployment of their own. */
export function acknowledgeFindings(stack: Stack): void {
  const findings = Object.entries(acknowledgedFindings(stack));
  Validations.of(stack).acknowledge(...findings.map(([id, reason]) => ({ id, reason })));
}
