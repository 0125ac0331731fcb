import { isObject } from './resolveTemplate.ts';

/**
 * Whether an event matches an EventBridge pattern: a list matches when one of its items does, an object when each of
 * its members does. Throws for a matcher that is not known here, rather than never matching.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((matcher) => matchesValue(matcher, event));
  if (!isObject(pattern)) throw new Error('Cannot match events: a pattern is neither a list nor an object');
  return Object.entries(pattern).every(([name, part]) =>
    matchesPattern(part, isObject(event) ? event[name] : undefined),
  );
}

const matchers: Readonly<Record<string, (operand: unknown, value: unknown) => boolean>> = {
  prefix: (operand, value) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (operand, value) => typeof value === 'string' && value.endsWith(String(operand)),
  wildcard: (operand, value) => typeof value === 'string' && wildcard(String(operand)).test(value),
  exists: (operand, value) => (value !== undefined) === operand,
};

function matchesValue(matcher: unknown, value: unknown): boolean {
  if (!isObject(matcher)) return Array.isArray(value) ? value.includes(matcher) : value === matcher;
  const [name = '', ...others] = Object.keys(matcher);
  const known = matchers[name];
  if (known === undefined || others.length > 0) throw new Error(`Cannot match events: ${name} is not known here`);
  return known(matcher[name], value);
}

/** `*` stands for any characters, also for none. */
function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
