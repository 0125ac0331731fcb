import { acknowledgeFindings } from './acknowledgedFindings.ts';
import { airlockApp } from './airlockApp.ts';
import { bundleHandlers } from './bundleHandlers.ts';
import { readPolicies } from './readPolicies.ts';

const policies = readPolicies();
const handlers = 'dist/lambdas';
await bundleHandlers({ into: handlers, policies });
// The CDK command line says where the assembly goes; without it, it goes where cdk.json has it
const { app, stack } = airlockApp({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out', handlers, policies });
acknowledgeFindings(stack);
app.synth();
