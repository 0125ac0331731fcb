import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { resourcesOfType, type Template } from './readTemplate.ts';
import { localAccount, type Resolve } from './resolveTemplate.ts';

/** A Lambda function as the template describes it, ready to run here. */
export interface LambdaFunction {
  /** As the CDK app names it. */
  name: string;
  /** The bundled module and the name of its handler. */
  modulePath: string;
  handlerName: string;
  environment: Record<string, string>;
  memoryMb: number;
  timeoutSeconds: number;
}

/** The construct's own name in a logical id: without the scope that holds all functions and CDK's hash. */
export const functionName = (logicalId: string) => logicalId.replace(/^Functions(?=.)/, '').replace(/[0-9A-F]{8}$/, '');

/** The ARN of a function on this machine. */
export const functionArn = (name: string) =>
  `arn:aws:lambda:${localAccount.region}:${localAccount.id}:function:${name}`;

const FunctionProperties = z.object({
  Runtime: z.string().startsWith('nodejs'),
  Handler: z.string().regex(/^[\w-]+\.\w+$/),
  Code: z.object({ S3Key: z.string().regex(/^[0-9a-f]+\.zip$/) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()).default({}) }).prefault({}),
  // CloudFormation's own defaults
  MemorySize: z.int().default(128),
  Timeout: z.int().default(3),
});

/**
 * The product's functions: those bundled as ES modules. CDK adds functions of its own that configure AWS itself
 * (inline code, Python or CommonJS, like the one behind bucket notifications); what they configure is read from the
 * template here.
 */
export function lambdaFunctions(template: Template, resolve: Resolve): LambdaFunction[] {
  return resourcesOfType(template, 'AWS::Lambda::Function').flatMap(({ id, properties }) => {
    const parsed = FunctionProperties.safeParse(properties);
    if (!parsed.success) return [];
    const { Handler, Code, Environment, MemorySize, Timeout } = parsed.data;
    const [file, handlerName] = Handler.split('.');
    const modulePath = join(template.directory, `asset.${Code.S3Key.replace('.zip', '')}`, `${file}.mjs`);
    if (!existsSync(modulePath)) return [];
    return [
      {
        name: functionName(id),
        modulePath,
        handlerName: String(handlerName),
        environment: z.record(z.string(), z.coerce.string()).parse(resolve(Environment.Variables)),
        memoryMb: MemorySize,
        timeoutSeconds: Timeout,
      },
    ];
  });
}
