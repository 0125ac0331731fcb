import { describe, expect, test } from 'vitest';
import { named, ofType, synthesize } from './synthesized.ts';

const template = synthesize();
const buckets = ofType(template, 'AWS::S3::Bucket');
const staging = named(template, 'AWS::S3::Bucket', 'BucketsStaging');
const passing = buckets.filter(([id]) => /^Buckets(Staging|Work|Clean|Quarantine)/.test(id));

test.each(buckets)('%s denies plain HTTP and old TLS', (id) => {
  const policy = ofType(template, 'AWS::S3::BucketPolicy').find(([, { Bucket }]) =>
    JSON.stringify(Bucket).includes(id),
  );
  const conditions = JSON.stringify(policy);
  expect(conditions).toContain('"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"');
  expect(conditions).toContain('"Condition":{"NumericLessThan":{"s3:TlsVersion":1.2}},"Effect":"Deny"');
});

test.each(buckets)('%s is closed to the public', (_, { PublicAccessBlockConfiguration }) => {
  expect(PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

test.each(passing)('%s is encrypted under our key, versioned and emptied in the end', (_, properties) => {
  expect(properties).toMatchObject({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
      ],
    },
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: [
        {
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          ExpirationInDays: 180,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
      ],
    },
  });
});

describe('staging', () => {
  test('takes PUTs of the portal alone, and shows it the digest that S3 attests', () => {
    expect(staging.CorsConfiguration).toEqual({
      CorsRules: [
        {
          AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          AllowedMethods: ['PUT'],
          AllowedOrigins: [
            {
              'Fn::Join': [
                '',
                ['https://', { 'Fn::GetAtt': [expect.stringMatching(/^WebDistribution/), 'DomainName'] }],
              ],
            },
          ],
          ExposedHeaders: ['ETag', 'x-amz-checksum-sha256'],
          MaxAge: 3600,
        },
      ],
    });
  });

  test('tells EventBridge of new objects', () => {
    expect(staging.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  test.each([
    ['a presigned URL older than 15 minutes', '"NumericGreaterThan":{"s3:signatureAge":"900000"}'],
    ['a commit that could overwrite one', '"Condition":{"Null":{"s3:if-none-match":"true"}},"Effect":"Deny"'],
  ])('refuses %s', (_, condition) => {
    expect(JSON.stringify(named(template, 'AWS::S3::BucketPolicy', 'BucketsStagingPolicy'))).toContain(condition);
  });
});

test('receipts lie under Object Lock for seven years, and outlive the stack', () => {
  const audit = named(template, 'AWS::S3::Bucket', 'BucketsAudit');
  expect(audit).toMatchObject({
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 2557 } } },
  });
  expect(audit.LifecycleConfiguration).toBeUndefined();
});

test('receipts are signed with Ed25519', () => {
  expect(named(template, 'AWS::KMS::Key', 'KeysSigningKey')).toMatchObject({
    KeySpec: 'ECC_NIST_EDWARDS25519',
    KeyUsage: 'SIGN_VERIFY',
  });
});

test('the ledger can be restored to any second, and is encrypted under our key', () => {
  expect(named(template, 'AWS::DynamoDB::Table', 'LedgerTable')).toMatchObject({
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    DeletionProtectionEnabled: true,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [{ IndexName: 'gsi1' }, { IndexName: 'gsi2' }],
  });
});

test.each(['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'])(
  'no %s with data in it goes with the stack',
  (type) => {
    const going = Object.entries(template.Resources)
      .filter(([, { Type, DeletionPolicy }]) => Type === type && DeletionPolicy !== 'Retain')
      .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(going).toEqual(type === 'AWS::S3::Bucket' ? ['WebPages'] : []);
  },
);
