import { type Stack, Validations } from 'aws-cdk-lib';

/** Findings of cdk-nag that stand, each with the reason why. Anything else fails the build. */
const reasons: Record<string, string> = {};

export function acknowledgeFindings(stack: Stack): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(stack).acknowledge({ id, reason });
}
