import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  HttpMethods,
  ObjectLockRetention,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { limits } from '../core/policy/limits.ts';
import { bucketPermissions } from './bucketPermissions.ts';
import type { EncryptionKeys } from './EncryptionKeys.ts';

interface Props {
  keys: EncryptionKeys;
  accessLogs: Bucket;
  stagingBucketName: string;
  /** The one origin whose pages may PUT. */
  webOrigin: string;
  objectLock: ObjectLockMode;
}

export type ObjectLockMode = 'GOVERNANCE' | 'COMPLIANCE';

/** Seal removes what it has archived. This is the last resort for what nobody released or re-drove, PHI above all. */
const backstop = Duration.days(180);
/** 45 CFR 164.316(b)(2): six years. One more, since a retention can be made longer but never shorter. */
const receiptRetention = Duration.days(7 * 365 + 2);

/** Where a submission's bytes lie, from arrival to proof. */
export class SubmissionBuckets extends Construct {
  readonly staging: Bucket;
  readonly work: Bucket;
  readonly clean: Bucket;
  readonly quarantine: Bucket;
  readonly audit: Bucket;
  readonly permissions: ReturnType<typeof bucketPermissions>;

  constructor(scope: Construct, id: string, { keys, accessLogs, stagingBucketName, webOrigin, objectLock }: Props) {
    super(scope, id);
    const guarded = (name: string, key: Key): BucketProps => ({
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: `${name}/`,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const passing = (name: string): BucketProps => ({ ...guarded(name, keys.data), lifecycleRules: [lifecycle] });

    this.staging = new Bucket(this, 'Staging', {
      ...passing('staging'),
      // Sites allow this one host in their firewalls, and the portal's CSP names it
      bucketName: stagingBucketName,
      cors: [
        {
          allowedOrigins: [webOrigin],
          allowedMethods: [HttpMethods.PUT],
          allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          exposedHeaders: ['ETag', 'x-amz-checksum-sha256'],
          maxAge: 3600,
        },
      ],
    });
    notifyEventBridge(this.staging);
    this.staging.addToResourcePolicy(denyOldSignatures(this.staging));
    this.staging.addToResourcePolicy(denySecondCommit(this.staging));
    this.work = new Bucket(this, 'Work', passing('work'));
    this.clean = new Bucket(this, 'Clean', passing('clean'));
    this.quarantine = new Bucket(this, 'Quarantine', passing('quarantine'));
    this.audit = new Bucket(this, 'Audit', {
      ...guarded('audit', keys.audit),
      objectLockEnabled: true,
      // A receipt too large for an answer of the API is fetched by a presigned URL
      cors: [{ allowedOrigins: [webOrigin], allowedMethods: [HttpMethods.GET], maxAge: 3600 }],
      objectLockDefaultRetention:
        objectLock === 'COMPLIANCE'
          ? ObjectLockRetention.compliance(receiptRetention)
          : ObjectLockRetention.governance(receiptRetention),
    });
    this.permissions = bucketPermissions(this, keys);
  }
}

const lifecycle = {
  abortIncompleteMultipartUploadAfter: Duration.days(7),
  expiration: backstop,
  noncurrentVersionExpiration: Duration.days(1),
};

/** As a plain property: the construct's own switch would add a Python function to the stack. */
function notifyEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error('Cannot notify EventBridge: the bucket has no resource');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}

/** A presigned URL dies with its announced age, whatever it was signed for. */
const denyOldSignatures = (bucket: Bucket) =>
  new PolicyStatement({
    sid: 'DenyOldSignatures',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:*'],
    resources: [bucket.arnForObjects('*')],
    conditions: {
      StringEquals: { 's3:authType': 'REST-QUERY-STRING' },
      NumericGreaterThan: { 's3:signatureAge': String(limits.partUrlSeconds * 1000) },
    },
  });

/** A commit is written once or not at all, whoever writes it. */
const denySecondCommit = (bucket: Bucket) =>
  new PolicyStatement({
    sid: 'DenySecondCommit',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('control/*')],
    conditions: { Null: { 's3:if-none-match': 'true' } },
  });
