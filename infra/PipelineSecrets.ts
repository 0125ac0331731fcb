import { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Permission, Permissions } from './Access.ts';
import { allow } from './allow.ts';

/** The secret that all keyed pseudonyms are derived from, and the accounts at XNAT. */
export class PipelineSecrets extends Construct {
  readonly permissions: Permissions<'deidKey' | 'xnat' | 'xnatRemoval'>;
  readonly deid: Secret;
  readonly xnat: Secret;
  readonly xnatRemoval: Secret;

  constructor(scope: Construct, id: string, { key }: { key: Key }) {
    super(scope, id);
    this.deid = new Secret(this, 'DeidKey', {
      description:
        'Airlock: pseudonyms, UIDs and date offsets are derived from it. Never change it: one patient would become two',
      // 64 characters of 62 carry 381 bits
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        passwordLength: 64,
        excludePunctuation: true,
      },
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.xnat = new Secret(this, 'XnatAccount', {
      description:
        'Airlock: JSON with url, username and password (or alias token and secret) of the XNAT account that delivers',
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.xnatRemoval = new Secret(this, 'XnatRemovalAccount', {
      description:
        'Airlock: the same for the XNAT account that removes what is withdrawn; it alone needs to be an owner',
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.permissions = {
      deidKey: reading('DEID_SECRET_ID', this.deid, key),
      xnat: reading('XNAT_SECRET_ID', this.xnat, key),
      xnatRemoval: reading('XNAT_REMOVAL_SECRET_ID', this.xnatRemoval, key),
    };
  }
}

const reading = (variable: string, { secretArn }: Secret, { keyArn }: Key): Permission => ({
  environment: { [variable]: secretArn },
  statements: [allow(['secretsmanager:GetSecretValue'], secretArn), allow(['kms:Decrypt'], keyArn)],
});
