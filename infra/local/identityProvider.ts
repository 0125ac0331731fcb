import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, { type OidcClient, type OidcContext } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import * as z from 'zod';
import type { IdentityClient } from './identityClients.ts';
import { listen } from './listen.ts';
import { readBody } from './readBody.ts';
import { notePage, pageHeaders, signInPage } from './signInPage.ts';

/** A person who may sign in on this machine. */
export const LocalUser = z.object({
  name: z.string().min(1),
  password: z.string().min(12),
  groups: z.array(z.string()),
});
export type LocalUser = z.infer<typeof LocalUser>;

interface IdentityOptions {
  port: number;
  portalUrl: string;
  clients: IdentityClient[];
  /** Secrets of the machine clients by client id. */
  secrets: ReadonlyMap<string, string>;
  users: LocalUser[];
  /** Private RSA keys as JWK. */
  jwks: { keys: object[] };
}

/** Every token is for the API; Cognito names it by no audience at all, so the client stands there. */
const resource = 'urn:airlock:api';
/** What the resource server says of its tokens. */
const tokenSeconds = (_: unknown, { resourceServer }: { resourceServer?: { accessTokenTTL: number } }) =>
  resourceServer?.accessTokenTTL ?? 0;
const signInSeconds = 12 * 3600;
const formMaxBytes = 4096;
/** Slows down guessing, also by a page of another program on this machine. */
const refusalMs = 500;

/**
 * The sign-in of one machine, with the clients, scopes and groups of the template's user pool and tokens like
 * Cognito's. `bind` is called with the issuer's address once the port is known.
 */
export async function startIdentityProvider(options: IdentityOptions) {
  const server = createServer();
  const { port, stop } = await listen(server, options.port);
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configuration(options));
  const serve = provider.callback();
  server.on('request', async (request, response) => {
    try {
      const [, uid] = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '') ?? [];
      if (uid === undefined) await serve(request, response);
      else await answerSignIn({ provider, options, request, response });
    } catch {
      sendPage(
        response,
        options,
        400,
        notePage('Sign in', 'This sign-in is over. Go back to the portal and start anew.'),
      );
    }
  });
  return { url: issuer, stop };
}

interface SignIn {
  provider: Provider;
  options: IdentityOptions;
  request: IncomingMessage;
  response: ServerResponse;
}

async function answerSignIn({ provider, options, request, response }: SignIn): Promise<void> {
  // rejects without the cookie that the sign-in began with
  const { uid } = await provider.interactionDetails(request, response);
  const action = `/interaction/${uid}`;
  if (request.method !== 'POST') return sendPage(response, options, 200, signInPage({ action, refused: false }));
  const form = new URLSearchParams(String(await readBody(request, formMaxBytes)));
  const user = options.users.find(({ name }) => name === form.get('name'));
  if (user === undefined || !isEqual(user.password, form.get('password') ?? '')) {
    await new Promise((next) => setTimeout(next, refusalMs));
    return sendPage(response, options, 401, signInPage({ action, refused: true }));
  }
  await provider.interactionFinished(request, response, { login: { accountId: subjectOf(user) } });
}

function sendPage(response: ServerResponse, { portalUrl }: IdentityOptions, status: number, html: string): void {
  if (!response.headersSent) response.writeHead(status, pageHeaders(portalUrl)).end(html);
}

/** Opaque, as Cognito's subjects are: the audit log keeps it, and it must name no person. */
const subjectOf = ({ name }: LocalUser) => createHash('sha256').update(`local user ${name}`).digest('hex').slice(0, 32);

function isEqual(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

function configuration(options: IdentityOptions): Record<string, unknown> {
  const { clients, users, jwks, portalUrl } = options;
  const clientOf = ({ clientId }: OidcClient) => clients.find((client) => client.clientId === clientId);
  const userOf = (subject: string | undefined) => users.find((user) => subjectOf(user) === subject);
  return {
    jwks,
    // sign-ins end with the process
    adapter: createMemoryAdapter(0),
    clients: clients.map((client) => clientMetadata(client, options)),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', ...new Set(clients.filter(({ isMachine }) => isMachine).flatMap(({ scopes }) => scopes))],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientBasedCORS: (_: unknown, origin: string) => origin === portalUrl,
    issueRefreshToken: () => false,
    ttl: {
      AccessToken: tokenSeconds,
      ClientCredentials: tokenSeconds,
      Session: signInSeconds,
      Grant: signInSeconds,
      Interaction: 3600,
      AuthorizationCode: 60,
      IdToken: 3600,
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    // Cognito grants a machine that names no scope all of its own
    formats: {
      customizers: {
        jwt: (_: unknown, token: { kind: string; client?: OidcClient }, jwt: { payload: { scope?: string } }) => {
          if (token.kind !== 'ClientCredentials' || token.client === undefined) return;
          jwt.payload.scope ??= clientOf(token.client)?.scopes.join(' ') ?? '';
        },
      },
    },
    findAccount: (_: unknown, accountId: string) =>
      userOf(accountId) && { accountId, claims: () => ({ sub: accountId }) },
    extraTokenClaims: (_: unknown, { accountId }: { accountId?: string }) => ({
      token_use: 'access',
      ...(accountId !== undefined && { 'cognito:groups': userOf(accountId)?.groups ?? [] }),
    }),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context: OidcContext, form: string) =>
          showNote(context, options, [
            'Sign out',
            'End the sign-in on this computer?',
            `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
          ]),
        postLogoutSuccessSource: (context: OidcContext) =>
          showNote(context, options, ['Signed out', 'You are signed out.']),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: unknown, __: string, client: OidcClient) => ({
          scope: clientOf(client)?.scopes.join(' ') ?? '',
          audience: client.clientId,
          accessTokenTTL: clientOf(client)?.tokenSeconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    loadExistingGrant,
    renderError: (context: OidcContext, { error }: { error: string }) =>
      showNote(context, options, [
        'Sign in',
        `This sign-in cannot go on (${error}). Go back to the portal and start anew.`,
      ]),
  };

  /** Who may sign in may use the portal: there is nothing to ask for. */
  async function loadExistingGrant(context: OidcContext & { oidc: { provider: Provider } }) {
    const { client, session, provider } = context.oidc;
    if (client === undefined || session?.accountId === undefined) return undefined;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid');
    grant.addResourceScope(resource, clientOf(client)?.scopes.join(' ') ?? '');
    await grant.save();
    return grant;
  }
}

function clientMetadata(client: IdentityClient, { secrets }: IdentityOptions): object {
  const scope = client.scopes.join(' ');
  if (client.isMachine) {
    return {
      ...{ client_id: client.clientId, client_secret: secrets.get(client.clientId), scope },
      ...{ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
    };
  }
  return {
    ...{ client_id: client.clientId, scope, token_endpoint_auth_method: 'none' },
    ...{ grant_types: ['authorization_code'], redirect_uris: client.redirectUris },
    post_logout_redirect_uris: client.logoutUris,
  };
}

function showNote(context: OidcContext, { portalUrl }: IdentityOptions, note: [string, string, string?]): void {
  context.set(pageHeaders(portalUrl));
  context.body = notePage(...note);
}
