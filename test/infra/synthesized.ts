import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { airlockApp } from '../../infra/airlockApp.ts';
import { functionNames } from '../../infra/functionSettings.ts';
import { readPolicies } from '../../infra/readPolicies.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource>;

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })),
});

/** The app in a folder of its own. What handlers do is not at stake here, so each asset is an empty module. */
export function newApp() {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-synth-'));
  for (const name of functionNames) {
    mkdirSync(join(folder, 'handlers', name), { recursive: true });
    writeFileSync(join(folder, 'handlers', name, 'index.mjs'), `export const name = '${name}';\n`);
  }
  const outdir = join(folder, 'cdk.out');
  return { folder, outdir, ...airlockApp({ outdir, handlers: join(folder, 'handlers'), policies: readPolicies() }) };
}

/** The template as the command line writes it. */
export function synthesize(): z.infer<typeof Template> {
  const { app, outdir, folder } = newApp();
  app.synth();
  const text = readFileSync(join(outdir, 'Airlock.template.json'), 'utf8');
  rmSync(folder, { recursive: true });
  return Template.parse(JSON.parse(text));
}

/** Resources of one type: pairs of logical id and properties. */
export function ofType(template: z.infer<typeof Template>, type: string): [string, Resource['Properties']][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => [id, Properties]);
}

/** The one resource of a type whose id begins so. */
export function named(template: z.infer<typeof Template>, type: string, prefix: string): Resource['Properties'] {
  const found = ofType(template, type).filter(([id]) => id.startsWith(prefix));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} resources of ${type} begin with ${prefix}`);
  return only[1];
}
