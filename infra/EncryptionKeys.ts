import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Permissions } from './Access.ts';
import { allow } from './allow.ts';

/** The keys of the deployment: one for what passes through, one for what stays as proof, one that signs receipts. */
export class EncryptionKeys extends Construct {
  readonly data: Key;
  readonly audit: Key;
  readonly signing: Key;
  readonly permissions: Permissions<'signer.publicKey' | 'signer.sign'>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.data = new Key(this, 'DataKey', {
      description: 'Airlock: submissions, ledger, queues, secrets and logs',
      enableKeyRotation: true,
    });
    this.data.addToResourcePolicy(logDelivery(Stack.of(this)));
    this.data.addToResourcePolicy(publishing('cloudwatch.amazonaws.com', Stack.of(this)));
    this.audit = new Key(this, 'AuditKey', { description: 'Airlock: receipts', enableKeyRotation: true });
    this.signing = new Key(this, 'SigningKey', {
      description: 'Airlock: signs receipts',
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const environment = { SIGNING_KEY_ID: this.signing.keyId };
    this.permissions = {
      'signer.publicKey': { environment, statements: [allow(['kms:GetPublicKey'], this.signing.keyArn)] },
      'signer.sign': { environment, statements: [allow(['kms:GetPublicKey', 'kms:Sign'], this.signing.keyArn)] },
    };
  }
}

/** CloudWatch Logs uses the key itself, for log groups of this account alone. */
const logDelivery = ({ account, region }: Stack) =>
  new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
    actions: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:GenerateDataKey',
      'kms:DescribeKey',
    ],
    resources: ['*'],
    conditions: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:*` },
    },
  });

/** A service of this account that puts messages into an encrypted topic. */
const publishing = (service: string, { account }: Stack) =>
  new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
