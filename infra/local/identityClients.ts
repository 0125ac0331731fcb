import * as z from 'zod';
import { resourcesOfType, type Template } from './readTemplate.ts';
import type { Resolve } from './resolveTemplate.ts';

/** A client of the sign-in, as the template's user pool has it. */
export interface IdentityClient {
  clientId: string;
  isMachine: boolean;
  scopes: string[];
  redirectUris: string[];
  logoutUris: string[];
  tokenSeconds: number;
}

const unitSeconds = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
const Client = z.object({
  GenerateSecret: z.boolean().default(false),
  AllowedOAuthFlows: z.array(z.enum(['code', 'client_credentials'])).length(1),
  AllowedOAuthScopes: z.array(z.string()),
  CallbackURLs: z.array(z.string()).default([]),
  LogoutURLs: z.array(z.string()).default([]),
  AccessTokenValidity: z.number().positive(),
  TokenValidityUnits: z.object({ AccessToken: z.enum(['seconds', 'minutes', 'hours', 'days']) }),
});

export function identityClients(template: Template, resolve: Resolve): IdentityClient[] {
  return resourcesOfType(template, 'AWS::Cognito::UserPoolClient').map(({ id, properties }) => {
    const client = Client.parse(resolve(properties));
    return {
      clientId: String(resolve({ Ref: id })),
      isMachine: client.AllowedOAuthFlows.includes('client_credentials'),
      scopes: client.AllowedOAuthScopes,
      redirectUris: client.CallbackURLs,
      logoutUris: client.LogoutURLs,
      tokenSeconds: client.AccessTokenValidity * unitSeconds[client.TokenValidityUnits.AccessToken],
    };
  });
}

/** The groups of the user pool. */
export function identityGroups(template: Template): string[] {
  return resourcesOfType(template, 'AWS::Cognito::UserPoolGroup').map(({ properties }) =>
    z.string().parse(properties.GroupName),
  );
}
