import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** One resource of a CloudFormation template; its properties may hold intrinsic functions. */
const TemplateResource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});
export type TemplateResource = z.infer<typeof TemplateResource>;

const TemplateFile = z.object({
  Resources: z.record(z.string(), TemplateResource),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
});

const Assembly = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** The stacks of a cloud assembly as one: what the local target deploys. */
export interface Template {
  /** The folder that holds the assets. */
  directory: string;
  /** By logical id. */
  resources: ReadonlyMap<string, TemplateResource>;
  /** Values of the outputs by name; unresolved. */
  outputs: ReadonlyMap<string, unknown>;
  /** The same by the name they are exported under. */
  exports: ReadonlyMap<string, unknown>;
  /** Defaults of the parameters. */
  parameters: ReadonlyMap<string, unknown>;
}

/** Reads every stack of a synthesized assembly (`cdk.out`). Throws when two stacks share a logical id. */
export async function readTemplate(directory: string): Promise<Template> {
  const resources = new Map<string, TemplateResource>();
  const outputs = new Map<string, unknown>();
  const exports = new Map<string, unknown>();
  const parameters = new Map<string, unknown>();
  for (const file of await listTemplateFiles(directory)) {
    const stack = TemplateFile.parse(await readJson(join(directory, file)));
    for (const [id, resource] of Object.entries(stack.Resources)) {
      if (resources.has(id)) throw new Error(`Cannot run the template: two stacks hold a resource ${id}`);
      resources.set(id, resource);
    }
    for (const [name, { Value, Export }] of Object.entries(stack.Outputs)) {
      outputs.set(name, Value);
      if (typeof Export?.Name === 'string') exports.set(Export.Name, Value);
    }
    for (const [name, { Default }] of Object.entries(stack.Parameters)) parameters.set(name, Default);
  }
  return { directory, resources, outputs, exports, parameters };
}

/** All resources of one type, in the order of the template. */
export function resourcesOfType(template: Template, ...types: string[]): { id: string; properties: Properties }[] {
  return [...template.resources]
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties }]) => ({ id, properties: Properties }));
}
export type Properties = TemplateResource['Properties'];

async function listTemplateFiles(directory: string): Promise<string[]> {
  const { artifacts } = Assembly.parse(await readJson(join(directory, 'manifest.json')));
  return Object.values(artifacts)
    .filter(({ type }) => type === 'aws:cloudformation:stack')
    .map(({ properties }) => z.string().parse(properties.templateFile));
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
