import type { Template } from './readTemplate.ts';

/** Where a resource lives on this machine: what `Ref` and `Fn::GetAtt` answer for it. */
export interface LocalAddress {
  ref?: string;
  attributes?: Readonly<Record<string, string>>;
}

export interface LocalAddresses {
  /** By logical id. */
  resources: ReadonlyMap<string, LocalAddress>;
  /** Origins that the template writes out as texts, and what stands for them here. */
  origins?: ReadonlyMap<string, string>;
}

/** A template value with every intrinsic function replaced by what it stands for on this machine. */
export type Resolve = (value: unknown) => unknown;

/** The account and region of the one machine; AWS's own documentation uses this account number for nobody. */
export const localAccount = { id: '000000000000', region: 'us-east-1' } as const;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': localAccount.id,
  'AWS::Region': localAccount.region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'airlock-local',
  'AWS::StackId': `arn:aws:cloudformation:${localAccount.region}:${localAccount.id}:stack/airlock-local/0`,
};

/**
 * Builds the resolver of a template. It knows the functions that CDK writes for this app, and throws for any other,
 * and for any resource or attribute that has no local address: a silent guess would be a second description.
 */
export function resolveTemplate(
  template: Template,
  { resources: addresses, origins = new Map() }: LocalAddresses,
): Resolve {
  const localize = (text: string) => {
    let local = text;
    for (const [origin, localOrigin] of origins) local = local.replaceAll(origin, localOrigin);
    return overPlainHttp(local);
  };
  const reference = (id: string): unknown => {
    if (id === 'AWS::NoValue') return undefined;
    const known = pseudoParameters[id] ?? addresses.get(id)?.ref ?? template.parameters.get(id);
    if (known === undefined) throw unknownPart(template, id, 'Ref');
    return known;
  };
  const attribute = (id: string, name: string): string => {
    const known = addresses.get(id)?.attributes?.[name];
    if (known === undefined) throw unknownPart(template, id, name);
    return known;
  };
  const text = (value: unknown): string => {
    const resolved = resolve(value);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    throw new Error(`Cannot resolve the template: a ${typeof resolved} stands where a text is wanted`);
  };
  const list = (value: unknown): unknown[] => {
    const resolved = resolve(value);
    if (Array.isArray(resolved)) return resolved;
    throw new Error(`Cannot resolve the template: a ${typeof resolved} stands where a list is wanted`);
  };
  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => reference(text(argument)),
    'Fn::GetAtt': (argument) => {
      const [id, ...path] = typeof argument === 'string' ? argument.split('.') : list(argument).map(String);
      return attribute(String(id), path.join('.'));
    },
    'Fn::Join': (argument) => {
      const [separator, parts] = list(argument);
      return list(parts).map(text).join(String(separator));
    },
    'Fn::Sub': (argument) => {
      const [format, values] = typeof argument === 'string' ? [argument, {}] : list(argument);
      return substitute(String(format), isObject(values) ? values : {});
    },
    'Fn::Select': (argument) => {
      const [index, values] = list(argument);
      const selected = list(values)[Number(index)];
      if (selected === undefined) throw new Error(`Cannot resolve the template: Fn::Select finds no item ${index}`);
      return selected;
    },
    'Fn::Split': (argument) => {
      const [separator, value] = list(argument);
      return text(value).split(String(separator));
    },
    'Fn::ImportValue': (argument) => {
      const name = text(argument);
      if (!template.exports.has(name)) throw new Error(`Cannot resolve the template: nothing is exported as ${name}`);
      return resolve(template.exports.get(name));
    },
  };
  const substitute = (format: string, values: Record<string, unknown>): string =>
    format.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (Object.hasOwn(values, name)) return text(values[name]);
      const [id, ...path] = name.split('.');
      return path.length === 0 ? text({ Ref: name }) : attribute(String(id), path.join('.'));
    });
  const resolveObject = (value: Record<string, unknown>): unknown => {
    const name = functionName(value);
    if (name === undefined) {
      const members = Object.entries(value).map(([key, member]) => [key, resolve(member)] as const);
      return Object.fromEntries(members.filter(([, member]) => member !== undefined));
    }
    const known = functions[name];
    if (known === undefined) throw new Error(`Cannot resolve the template: the function ${name} is not known here`);
    const resolved = known(value[name]);
    return typeof resolved === 'string' ? localize(resolved) : resolved;
  };
  const resolve: Resolve = (value) => {
    if (typeof value === 'string') return localize(value);
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    return isObject(value) ? resolveObject(value) : value;
  };
  return resolve;
}

function functionName(value: Record<string, unknown>): string | undefined {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::')) ? name : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The template names AWS's hosts, which have TLS; on one machine the same hosts are loopback ports without it. */
function overPlainHttp(text: string): string {
  return text.replaceAll('https://127.0.0.1', 'http://127.0.0.1').replaceAll('wss://127.0.0.1', 'ws://127.0.0.1');
}

function unknownPart(template: Template, id: string, part: string): Error {
  const type = template.resources.get(id)?.Type ?? 'no resource of the template';
  return new Error(`Cannot resolve the template: ${part} of ${id} (${type}) has no local address`);
}
