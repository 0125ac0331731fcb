import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { AirlockStack } from './AirlockStack.ts';

interface Options {
  outdir: string;
  /** Folder of the bundled handlers. */
  handlers: string;
  policies: ProjectPolicy[];
}

/** The CDK app. It looks nothing up, so it synthesizes offline. */
export function airlockApp({ outdir, handlers, policies }: Options): { app: App; stack: AirlockStack } {
  const app = new App({ outdir, context: { ...recommendedFlags, 'aws:cdk:version-reporting': false } });
  const env = { account: said(app, 'account', /^\d{12}$/), region: said(app, 'region', /^[a-z]{2}(-[a-z]+)+-\d$/) };
  const objectLock =
    said(app, 'objectLock', /^(GOVERNANCE|COMPLIANCE)$/) === 'COMPLIANCE' ? 'COMPLIANCE' : 'GOVERNANCE';
  return { app, stack: new AirlockStack(app, 'Airlock', { env, handlers, policies, objectLock }) };
}

/**
 * What a deployment says with `cdk … -c name=value`. The defaults synthesize without an account. COMPLIANCE is for
 * production: nobody, root included, can then delete a receipt before its time.
 */
const defaults = { account: '123456789012', region: 'eu-central-1', objectLock: 'GOVERNANCE' };

function said(app: App, name: keyof typeof defaults, pattern: RegExp): string {
  const value = String(app.node.tryGetContext(name) ?? defaults[name]);
  if (!pattern.test(value)) throw new Error(`Cannot read the context: ${name} is ${value}, wanted ${pattern}`);
  return value;
}
