import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import * as z from 'zod';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { AirlockStack } from './AirlockStack.ts';

/** What a deployment may say with `cdk … -c name=value`. The defaults synthesize without an account. */
const Deployment = z.object({
  account: z
    .string()
    .regex(/^\d{12}$/)
    .default('123456789012'),
  region: z.string().default('eu-central-1'),
  /** COMPLIANCE for production: nobody, root included, can then delete a receipt before its time. */
  objectLock: z.enum(['GOVERNANCE', 'COMPLIANCE']).default('GOVERNANCE'),
});

interface Options {
  outdir: string;
  /** Folder of the bundled handlers. */
  handlers: string;
  policies: ProjectPolicy[];
}

/** The CDK app. It looks nothing up, so it synthesizes offline. */
export function airlockApp({ outdir, handlers, policies }: Options): { app: App; stack: AirlockStack } {
  const app = new App({ outdir, context: { ...recommendedFlags, 'aws:cdk:version-reporting': false } });
  const { account, region, objectLock } = Deployment.parse({
    account: app.node.tryGetContext('account'),
    region: app.node.tryGetContext('region'),
    objectLock: app.node.tryGetContext('objectLock'),
  });
  const stack = new AirlockStack(app, 'Airlock', { env: { account, region }, handlers, policies, objectLock });
  return { app, stack };
}
