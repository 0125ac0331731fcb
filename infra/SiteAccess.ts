import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  type UserPoolClient,
  type UserPoolProps,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Role } from '../core/policy/accessTable.ts';
import type { Permissions } from './Access.ts';

interface Props {
  sites: string[];
  webOrigin: string;
  /** Globally unique first label of the sign-in page's host. */
  domainPrefix: string;
}

const roles: readonly Role[] = ['uploader', 'operator', 'auditor'];

/**
 * Who may come in. People belong to the group of their site and of their roles; each site has a client for its
 * machines and one for its operator's command line, whose scopes say the same. Site and role come from the token alone.
 */
export class SiteAccess extends Construct {
  readonly userPool: UserPool;
  readonly webClient: UserPoolClient;
  /** By site: they may submit. */
  readonly machineClients: Record<string, UserPoolClient>;
  /** By site: they may release and withdraw, not submit. */
  readonly operatorClients: Record<string, UserPoolClient>;
  readonly permissions: Permissions<'signIn'>;

  constructor(scope: Construct, id: string, { sites, webOrigin, domainPrefix }: Props) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', invited);
    this.userPool.addDomain('SignIn', { cognitoDomain: { domainPrefix } });
    for (const groupName of [...sites.map(siteGroup), ...roles]) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, { userPoolId: this.userPool.userPoolId, groupName });
    }
    this.webClient = this.#webClient(webOrigin);
    const { machines, operators } = this.#siteClients(sites);
    this.machineClients = machines;
    this.operatorClients = operators;
    this.permissions = {
      signIn: {
        environment: {
          OIDC_ISSUER: this.userPool.userPoolProviderUrl,
          OIDC_CLIENT_ID: this.webClient.userPoolClientId,
        },
        statements: [],
      },
    };
  }

  #webClient(webOrigin: string): UserPoolClient {
    return this.userPool.addClient('Web', {
      generateSecret: false,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        // No e-mail, no profile: the API knows people by an opaque subject
        scopes: [OAuthScope.OPENID],
        callbackUrls: [`${webOrigin}/`],
        logoutUrls: [`${webOrigin}/`],
      },
      accessTokenValidity: Duration.minutes(60),
      refreshTokenValidity: Duration.hours(12),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
    });
  }

  /**
   * Of each site its own: a client that could ask for every site's scope could name itself any site, and what lies on
   * every machine that sends must not be able to withdraw.
   */
  #siteClients(sites: string[]) {
    const uploader = new ResourceServerScope({ scopeName: 'uploader', scopeDescription: 'May submit' });
    const operator = new ResourceServerScope({ scopeName: 'operator', scopeDescription: 'May release and withdraw' });
    const own = sites.map((site) => ({
      site,
      scope: new ResourceServerScope({ scopeName: siteGroup(site), scopeDescription: `Belongs to the site ${site}` }),
    }));
    const server = this.userPool.addResourceServer('Scopes', {
      identifier: 'airlock',
      scopes: [uploader, operator, ...own.map(({ scope }) => scope)],
    });
    const clients = (name: string, role: ResourceServerScope, validity: Duration) =>
      Object.fromEntries(
        own.map(({ site, scope }) => [
          site,
          this.#siteClient(`${name}-${site}`, { server, scopes: [role, scope], validity }),
        ]),
      );
    return {
      // Each token costs money, so machines keep one as long as a working day
      machines: clients('Machine', uploader, Duration.hours(12)),
      operators: clients('Operator', operator, Duration.hours(1)),
    };
  }

  #siteClient(name: string, { server, scopes, validity }: SiteClient): UserPoolClient {
    return this.userPool.addClient(name, {
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(server, scope)),
      },
      accessTokenValidity: validity,
      enableTokenRevocation: true,
    });
  }

  /** `MachineClientId` or `OperatorClientId` and the site's name in CamelCase: `MachineClientIdDemo`. */
  clientOutputs(): Record<string, string> {
    const camelCase = (site: string) => site.replace(/(?:^|-)([a-z0-9]?)/g, (_, first: string) => first.toUpperCase());
    const outputs = (name: string, clients: Record<string, UserPoolClient>) =>
      Object.entries(clients).map(([site, { userPoolClientId }]) => [`${name}${camelCase(site)}`, userPoolClientId]);
    return Object.fromEntries([
      ...outputs('MachineClientId', this.machineClients),
      ...outputs('OperatorClientId', this.operatorClients),
    ]);
  }
}

interface SiteClient {
  server: UserPoolResourceServer;
  scopes: ResourceServerScope[];
  validity: Duration;
}

/** People come in by invitation and with a second factor. */
const invited: UserPoolProps = {
  selfSignUpEnabled: false,
  signInAliases: { email: true },
  mfa: Mfa.REQUIRED,
  mfaSecondFactor: { otp: true, sms: false },
  accountRecovery: AccountRecovery.EMAIL_ONLY,
  featurePlan: FeaturePlan.PLUS,
  standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
  passwordPolicy: {
    minLength: 14,
    requireDigits: true,
    requireLowercase: true,
    requireUppercase: true,
    requireSymbols: true,
  },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};

const siteGroup = (site: string) => `site-${site}`;
