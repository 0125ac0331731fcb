import * as z from 'zod';
import { resourcesOfType, type Template } from './readTemplate.ts';
import type { Resolve } from './resolveTemplate.ts';

/** What a JWT authorizer of the template asks of a token. */
export interface JwtRule {
  issuer: string;
  audience: string[];
  /** One of them must be in the token; empty when any will do. */
  scopes: string[];
}

/** One route of the template's HTTP API. */
export interface HttpRoute {
  routeKey: string;
  method: string;
  /** Matches a path; its groups are the parameters. */
  pattern: RegExp;
  functionArn: string;
  jwt: JwtRule | undefined;
}

const Route = z.object({
  RouteKey: z.string().regex(/^[A-Z]+ \//),
  Target: z.string().regex(/^integrations\//),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
});
const Integration = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  PayloadFormatVersion: z.literal('2.0'),
  IntegrationUri: z.string(),
});
const Authorizer = z.object({
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()) }),
});

/** Reads the routes of the template. Throws for an integration or an authorizer that is not run here. */
export function httpRoutes(template: Template, resolve: Resolve): HttpRoute[] {
  const byId = <Value>(type: string, schema: z.ZodType<Value>) =>
    new Map(resourcesOfType(template, type).map(({ id, properties }) => [id, schema.parse(resolve(properties))]));
  const integrations = byId('AWS::ApiGatewayV2::Integration', Integration);
  const authorizers = byId('AWS::ApiGatewayV2::Authorizer', Authorizer);
  return resourcesOfType(template, 'AWS::ApiGatewayV2::Route').map(({ id, properties }) => {
    const route = Route.parse(resolve(properties));
    const integration = integrations.get(route.Target.replace('integrations/', ''));
    if (integration === undefined) throw new Error(`Cannot run the template: the route ${id} has no integration`);
    const authorizer = authorizers.get(route.AuthorizerId ?? '');
    if (route.AuthorizationType === 'JWT' && authorizer === undefined) {
      throw new Error(`Cannot run the template: the route ${id} has no authorizer`);
    }
    const [method = '', path = ''] = route.RouteKey.split(' ');
    return {
      ...{ routeKey: route.RouteKey, method, pattern: pathPattern(path), functionArn: integration.IntegrationUri },
      jwt: authorizer && {
        issuer: authorizer.JwtConfiguration.Issuer,
        audience: authorizer.JwtConfiguration.Audience,
        scopes: route.AuthorizationScopes,
      },
    };
  });
}

function pathPattern(path: string): RegExp {
  const pattern = path
    .split(/(\{\w+\})/)
    .map((part) =>
      /^\{\w+\}$/.test(part) ? `(?<${part.slice(1, -1)}>[^/]+)` : part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`);
}
