import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** All that a function may be allowed, by name; `functionSettings` gives them out. */
export type Access =
  | 'staging.read'
  | 'staging.putManifest'
  | 'staging.putObjects'
  | 'staging.commit'
  | 'staging.remove'
  | 'work.read'
  | 'work.write'
  | 'clean.read'
  | 'clean.write'
  | 'clean.remove'
  | 'quarantine.write'
  | 'quarantine.remove'
  | 'work.remove'
  | 'staging.abort'
  | 'audit.certificates'
  | 'audit.certify'
  | 'audit.read'
  | 'audit.write'
  | 'ledger.read'
  | 'ledger.write'
  | 'registers'
  | 'executions'
  | 'commitQueue'
  | 'signer.publicKey'
  | 'signer.sign'
  | 'deidKey'
  | 'xnat'
  | 'xnatRemoval'
  | 'signIn'
  | 'policies';

/** What one access comes to: the variables that name a thing, and the statements that open it. */
export interface Permission {
  environment: Record<string, string>;
  statements: PolicyStatement[];
}

/** What one construct can give. */
export type Permissions<Names extends Access> = Record<Names, Permission>;
