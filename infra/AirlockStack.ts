import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { AccessLogs } from './AccessLogs.ts';
import { CommitTrigger } from './CommitTrigger.ts';
import { EncryptionKeys } from './EncryptionKeys.ts';
import { OperatorAlarms } from './OperatorAlarms.ts';
import { PipelineFunctions } from './PipelineFunctions.ts';
import { PipelineSecrets } from './PipelineSecrets.ts';
import { SiteAccess } from './SiteAccess.ts';
import { SubmissionApi } from './SubmissionApi.ts';
import { type ObjectLockMode, SubmissionBuckets } from './SubmissionBuckets.ts';
import { SubmissionLedger } from './SubmissionLedger.ts';
import { SubmissionWorkflow } from './SubmissionWorkflow.ts';
import { WebPortal } from './WebPortal.ts';

interface AirlockProps extends StackProps {
  env: { account: string; region: string };
  /** Folder of the bundled handlers: `<handlers>/<function>/index.mjs`. */
  handlers: string;
  policies: ProjectPolicy[];
  objectLock: ObjectLockMode;
}

/** The whole deployment. Read it in order: it follows a submission from its site to the archive. */
export class AirlockStack extends Stack {
  constructor(scope: Construct, id: string, { handlers, policies, objectLock, ...props }: AirlockProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const names = namesOf(props.env);
    const keys = new EncryptionKeys(this, 'Keys');
    const { bucket: accessLogs } = new AccessLogs(this, 'AccessLogs');

    const api = new SubmissionApi(this, 'Api', { logKey: keys.data });
    const portal = new WebPortal(this, 'Web', { api: api.api, accessLogs, connectTo: names.origins });
    const siteAccess = new SiteAccess(this, 'SiteAccess', {
      sites: [...new Set(policies.flatMap(({ sites }) => sites))].sort(),
      webOrigin: portal.origin,
      domainPrefix: names.signInPrefix,
    });

    const buckets = new SubmissionBuckets(this, 'Buckets', {
      keys,
      accessLogs,
      stagingBucketName: names.staging,
      webOrigin: portal.origin,
      objectLock,
    });
    const ledger = new SubmissionLedger(this, 'Ledger', { key: keys.data });
    const secrets = new PipelineSecrets(this, 'Secrets', { key: keys.data });
    const commits = new CommitTrigger(this, 'Commits', { staging: buckets.staging, key: keys.data });

    const functions = new PipelineFunctions(this, 'Functions', { handlers, logKey: keys.data });
    for (const { permissions } of [keys, siteAccess, buckets, ledger, secrets, commits]) functions.offer(permissions);
    functions.offer({ policies: { environment: { PROJECTS_FILE: 'projects.json' }, statements: [] } });

    const workflow = new SubmissionWorkflow(this, 'Workflow', {
      step: (name) => functions.named(name),
      work: buckets.work,
      key: keys.data,
    });
    functions.offer(workflow.permissions);
    commits.start(functions.named('startExecution'));
    new Rule(this, 'Reconcile', {
      description: 'Heals what an event, a process or a person left behind',
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaTarget(functions.named('reconcileSubmissions'))],
    });
    new Rule(this, 'Sweep', {
      description: 'Removes what was sent and never committed',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(functions.named('sweepUploads'))],
    });
    api.serve({ route: (name) => functions.named(name), siteAccess });

    new OperatorAlarms(this, 'Alarms', {
      key: keys.data,
      commits: commits.queue,
      deadLetters: commits.deadLetters,
      stateMachine: workflow.stateMachine,
    });
    const outputs = outputsOf({ names, api, portal, siteAccess, buckets, ledger, secrets, commits, workflow, keys });
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

interface Parts {
  names: ReturnType<typeof namesOf>;
  api: SubmissionApi;
  portal: WebPortal;
  siteAccess: SiteAccess;
  buckets: SubmissionBuckets;
  ledger: SubmissionLedger;
  secrets: PipelineSecrets;
  commits: CommitTrigger;
  workflow: SubmissionWorkflow;
  keys: EncryptionKeys;
}

/** By these names other tools find what CloudFormation named by itself. */
const outputsOf = ({ names, api, portal, siteAccess, buckets, ledger, secrets, commits, workflow, keys }: Parts) => ({
  WebUrl: portal.origin,
  ApiUrl: api.api.apiEndpoint,
  WebBucketName: portal.bucket.bucketName,
  StagingBucketName: buckets.staging.bucketName,
  WorkBucketName: buckets.work.bucketName,
  CleanBucketName: buckets.clean.bucketName,
  QuarantineBucketName: buckets.quarantine.bucketName,
  AuditBucketName: buckets.audit.bucketName,
  LedgerTableName: ledger.table.tableName,
  CommitQueueUrl: commits.queue.queueUrl,
  DeadLetterQueueUrl: commits.deadLetters.queueUrl,
  StateMachineArn: workflow.stateMachine.stateMachineArn,
  SigningKeyId: keys.signing.keyId,
  DeidSecretArn: secrets.deid.secretArn,
  XnatSecretArn: secrets.xnat.secretArn,
  XnatRemovalSecretArn: secrets.xnatRemoval.secretArn,
  UserPoolId: siteAccess.userPool.userPoolId,
  UserPoolClientId: siteAccess.webClient.userPoolClientId,
  Issuer: siteAccess.userPool.userPoolProviderUrl,
  StagingOrigin: names.stagingOrigin,
  IssuerOrigin: names.issuerOrigin,
  SignInOrigin: names.signInOrigin,
  ...siteAccess.clientOutputs(),
});

/**
 * Names that must be known before anything is made: the portal's CSP names the staging bucket, whose CORS rule names
 * the portal.
 */
function namesOf({ account, region }: AirlockProps['env']) {
  const staging = `airlock-staging-${account}-${region}`;
  const signInPrefix = `airlock-${account}`;
  const stagingOrigin = `https://${staging}.s3.${region}.amazonaws.com`;
  const issuerOrigin = `https://cognito-idp.${region}.amazonaws.com`;
  const signInOrigin = `https://${signInPrefix}.auth.${region}.amazoncognito.com`;
  const origins = [stagingOrigin, issuerOrigin, signInOrigin];
  return { staging, signInPrefix, stagingOrigin, issuerOrigin, signInOrigin, origins };
}
