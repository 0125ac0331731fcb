import { mkdirSync } from 'node:fs';
import { airlockApp } from './airlockApp.ts';
import { bundleHandlers } from './bundleHandlers.ts';
import { readPolicies } from './readPolicies.ts';

const policies = readPolicies();
const handlers = 'dist/lambdas';
mkdirSync(handlers, { recursive: true });
await bundleHandlers({ into: handlers, policies });
// The CDK command line says where the assembly goes; without it, it goes where cdk.json has it
airlockApp({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out', handlers, policies }).app.synth();
