import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Permission } from './Access.ts';
import { allow } from './allow.ts';
import type { EncryptionKeys } from './EncryptionKeys.ts';

interface Buckets {
  staging: Bucket;
  work: Bucket;
  clean: Bucket;
  quarantine: Bucket;
  audit: Bucket;
}

/** Keys of one submission begin with its id. */
const ofSubmissions = 'sub_*';

/** What may be done in which bucket. Only the prefixes of `core/submission/contracts/keys.ts` are opened. */
export function bucketPermissions(
  { staging, work, clean, quarantine, audit }: Buckets,
  keys: Pick<EncryptionKeys, 'data' | 'audit'>,
) {
  return {
    'staging.read': given({ STAGING_BUCKET: staging }, reading(staging, ofSubmissions), opening(keys.data)),
    'staging.putManifest': given(
      { STAGING_BUCKET: staging },
      allow(['s3:PutObject'], staging.arnForObjects(`${ofSubmissions}/manifest.ndjson`)),
      sealing(keys.data),
    ),
    'staging.putObjects': given(
      { STAGING_BUCKET: staging },
      allow(
        ['s3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        staging.arnForObjects(`${ofSubmissions}/objects/*`),
      ),
      sealing(keys.data),
    ),
    'staging.commit': given(
      { STAGING_BUCKET: staging },
      allow(['s3:PutObject'], staging.arnForObjects('control/*')),
      sealing(keys.data),
    ),
    'staging.remove': given({ STAGING_BUCKET: staging }, ...removing(staging)),
    'staging.abort': given(
      { STAGING_BUCKET: staging },
      allow(['s3:AbortMultipartUpload'], staging.arnForObjects(`${ofSubmissions}/objects/*`)),
    ),
    'work.read': given({ WORK_BUCKET: work }, reading(work, ofSubmissions), opening(keys.data)),
    'work.write': given({ WORK_BUCKET: work }, writing(work, ofSubmissions), sealing(keys.data)),
    'work.remove': given({ WORK_BUCKET: work }, ...removing(work)),
    'clean.read': given({ CLEAN_BUCKET: clean }, reading(clean, ofSubmissions), opening(keys.data)),
    'clean.write': given({ CLEAN_BUCKET: clean }, writing(clean, ofSubmissions), sealing(keys.data)),
    'clean.remove': given({ CLEAN_BUCKET: clean }, ...removing(clean)),
    'quarantine.write': given(
      { QUARANTINE_BUCKET: quarantine },
      writing(quarantine, ofSubmissions),
      sealing(keys.data),
    ),
    'quarantine.remove': given({ QUARANTINE_BUCKET: quarantine }, ...removing(quarantine)),
    'audit.read': given({ AUDIT_BUCKET: audit }, reading(audit, 'receipts/*'), opening(keys.audit)),
    'audit.write': given({ AUDIT_BUCKET: audit }, writing(audit, 'receipts/*'), sealing(keys.audit)),
    'audit.certificates': given({ AUDIT_BUCKET: audit }, reading(audit, 'certificates/*'), opening(keys.audit)),
    'audit.certify': given({ AUDIT_BUCKET: audit }, writing(audit, 'certificates/*'), sealing(keys.audit)),
  };
}

function given(buckets: Record<string, Bucket>, ...statements: (PolicyStatement | PolicyStatement[])[]): Permission {
  const names = Object.entries(buckets).map(([variable, { bucketName }]) => [variable, bucketName]);
  return { environment: Object.fromEntries(names), statements: statements.flat() };
}

const reading = (bucket: Bucket, keys: string) => [
  // Without it S3 answers 403 where an object is absent
  allow(['s3:ListBucket'], bucket.bucketArn),
  allow(
    ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectAttributes', 's3:GetObjectVersionAttributes'],
    bucket.arnForObjects(keys),
  ),
];

const writing = (bucket: Bucket, keys: string) =>
  allow(['s3:PutObject', 's3:AbortMultipartUpload'], bucket.arnForObjects(keys));

const removing = (bucket: Bucket) => [
  allow(['s3:ListBucket', 's3:ListBucketVersions'], bucket.bucketArn),
  allow(['s3:DeleteObject', 's3:DeleteObjectVersion'], bucket.arnForObjects(ofSubmissions)),
];

const opening = (key: IKey) => allow(['kms:Decrypt'], key.keyArn);

/** S3 decrypts too when it completes an upload with checksums. */
const sealing = (key: IKey) => allow(['kms:GenerateDataKey', 'kms:Decrypt'], key.keyArn);
