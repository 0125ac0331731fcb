import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Explicit actions on explicit resources, in place of `grant…`, whose wildcards nobody reads. */
export function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
