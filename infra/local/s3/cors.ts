import { s3Error } from './s3Error.ts';
import type { CorsRule } from './s3Options.ts';

/** Headers of the answer to a preflight. @throws AccessForbidden when no rule of the bucket allows the request */
export function answerPreflight(rules: CorsRule[], headers: ReadonlyMap<string, string>): Record<string, string> {
  const origin = headers.get('origin');
  const method = headers.get('access-control-request-method');
  const asked = (headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = rules.find(
    (candidate) =>
      matchRule(candidate, origin, method) && asked.every((name) => matchAny(candidate.allowedHeaders, name)),
  );
  if (rule === undefined) throw s3Error('AccessForbidden', 'CORSResponse: This CORS request is not allowed');
  return {
    ...corsHeaders([rule], origin, method),
    'access-control-allow-headers': asked.join(', '),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': `${rule.maxAgeSeconds}` }),
  };
}

/** Headers that let a page of an allowed origin read the answer, be it an error; none for other origins. */
export function corsHeaders(
  rules: CorsRule[],
  origin: string | undefined,
  method: string | undefined,
): Record<string, string> {
  const rule = rules.find((candidate) => matchRule(candidate, origin, method));
  if (rule === undefined || origin === undefined) return {};
  return {
    'access-control-allow-origin': rule.allowedOrigins.includes('*') ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    'access-control-expose-headers': (rule.exposeHeaders ?? []).join(', '),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

function matchRule(rule: CorsRule, origin: string | undefined, method: string | undefined): boolean {
  if (origin === undefined || method === undefined) return false;
  return rule.allowedMethods.includes(method) && matchAny(rule.allowedOrigins, origin);
}

function matchAny(patterns: string[] | undefined, value: string): boolean {
  return (patterns ?? []).some((pattern) => {
    const [start = '', end] = pattern.toLowerCase().split('*');
    if (end === undefined) return start === value.toLowerCase();
    const fits = value.length >= start.length + end.length;
    return fits && value.toLowerCase().startsWith(start) && value.toLowerCase().endsWith(end);
  });
}
