import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type RouteName, routes } from '../core/submission/contracts/api.ts';
import type { SiteAccess } from './SiteAccess.ts';

/** Ids that we made stand in paths, so paths may be logged; the query, the token and the caller's name may not. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  authorizerError: '$context.authorizer.error',
};

/** The HTTP API. Routes come last (`serve`), since the portal and the sign-in need its address first. */
export class SubmissionApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { logKey }: { logKey: IKey }) {
    super(scope, id);
    this.api = new HttpApi(this, 'HttpApi', { description: 'Airlock: submissions', createDefaultStage: false });
    const log = new LogGroup(this, 'AccessLog', { retention: RetentionDays.ONE_YEAR, encryptionKey: logKey });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
  }

  /** One route for each line of the contract's table; all but the service description need a token. */
  serve({ route, siteAccess }: { route: (name: RouteName) => IFunction; siteAccess: SiteAccess }): void {
    const { userPool, webClient, machineClients, operatorClients } = siteAccess;
    const clients = [webClient, ...Object.values(machineClients), ...Object.values(operatorClients)];
    const siteToken = new HttpJwtAuthorizer('SiteToken', userPool.userPoolProviderUrl, {
      jwtAudience: clients.map(({ userPoolClientId }) => userPoolClientId),
    });
    for (const name of Object.keys(routes).filter(isRouteName)) {
      const { method, path } = parseRoute(routes[name]);
      new HttpRoute(this, name, {
        httpApi: this.api,
        routeKey: HttpRouteKey.with(path, method),
        integration: new HttpLambdaIntegration(name, route(name)),
        authorizer: name === 'describeService' ? new HttpNoneAuthorizer() : siteToken,
      });
    }
  }
}

const isRouteName = (name: string): name is RouteName => Object.hasOwn(routes, name);

function parseRoute(route: string): { method: HttpMethod; path: string } {
  const [verb = '', path = ''] = route.split(' ');
  const method = Object.values(HttpMethod).find((known) => known === verb);
  if (method === undefined) throw new Error(`Cannot build the route ${route}: it has no method that is known`);
  return { method, path };
}
