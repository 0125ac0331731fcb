import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Permissions } from './Access.ts';
import { allow } from './allow.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Submissions, their events and their objects: one table, with an index by site and an index by state. */
export class SubmissionLedger extends Construct {
  readonly table: Table;
  readonly permissions: Permissions<'ledger.read' | 'ledger.write' | 'registers'>;

  constructor(scope: Construct, id: string, { key }: { key: Key }) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({ indexName: 'gsi1', partitionKey: text('gsi1pk'), sortKey: text('gsi1sk') });
    this.table.addGlobalSecondaryIndex({ indexName: 'gsi2', partitionKey: text('gsi2pk'), sortKey: text('gsi2sk') });

    const { tableArn } = this.table;
    const environment = { LEDGER_TABLE: this.table.tableName };
    const read = [
      allow(['dynamodb:GetItem', 'dynamodb:Query'], tableArn, `${tableArn}/index/gsi1`, `${tableArn}/index/gsi2`),
      // DynamoDB opens the table's key with the caller's own permission
      allow(['kms:Decrypt', 'kms:DescribeKey'], key.keyArn),
    ];
    // no other item than those that all executions share
    const ownItems = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['REGISTER#*'] } };
    const registers = [
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [tableArn],
        conditions: ownItems,
      }),
      allow(['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'], key.keyArn),
    ];
    const write = [
      allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'], tableArn),
      allow(['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], key.keyArn),
    ];
    this.permissions = {
      registers: { environment, statements: registers },
      'ledger.read': { environment, statements: read },
      'ledger.write': { environment, statements: [...read, ...write] },
    };
  }
}
