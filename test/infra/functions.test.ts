import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { routes } from '../../core/submission/contracts/api.ts';
import { type FunctionName, functionNames, functionSettings, stepNames } from '../../infra/functionSettings.ts';
import { named, ofType, synthesize } from './synthesized.ts';

const template = synthesize();
const functions = ofType(template, 'AWS::Lambda::Function');
const environmentOf = (name: string) => {
  const properties = functions.find(([id]) => id.replace(/[0-9A-F]{8}$/, '') === `Functions${name}`)?.[1];
  return Object.keys(Object(Object(properties?.Environment).Variables));
};

const Statement = z.object({
  Effect: z.string(),
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z.unknown(),
});
const Policy = z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) });

test('there are no functions but those of the table', () => {
  const made = functions.map(([id]) => id.replace(/^Functions/, '').replace(/[0-9A-F]{8}$/, ''));
  expect(made.sort()).toEqual([...functionNames].sort());
});

test.each(functions)('%s runs the one runtime that is tested', (_, properties) => {
  expect(properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    LoggingConfig: { LogGroup: expect.anything() },
  });
});

test('no two functions share a role, and no role has a managed policy of AWS', () => {
  const roles = functions.map(([, { Role }]) => JSON.stringify(Role));
  expect(new Set(roles).size).toBe(functions.length);
  expect(JSON.stringify(template)).not.toContain(':iam::aws:policy/');
});

describe.each(ofType(template, 'AWS::IAM::ManagedPolicy'))('%s', (id, properties) => {
  const { Statement: statements } = Policy.parse(properties).PolicyDocument;

  test('names each action in full', () => {
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('opens all resources for observation alone', () => {
    const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    const allowed = id.startsWith('WorkflowWorkflowObservation') ? /^(xray|logs):/ : /^$/;
    expect(everywhere.filter((action) => !allowed.test(action))).toEqual([]);
  });
});

/** The variables by which the runtime opens each port. */
const variables: Record<string, string[] | undefined> = {
  staging: ['STAGING_BUCKET'],
  uploads: ['STAGING_BUCKET'],
  work: ['WORK_BUCKET'],
  clean: ['CLEAN_BUCKET'],
  quarantine: ['QUARANTINE_BUCKET'],
  audit: ['AUDIT_BUCKET'],
  ledger: ['LEDGER_TABLE'],
  registers: ['LEDGER_TABLE'],
  executions: ['STATE_MACHINE_ARN'],
  archive: ['XNAT_SECRET_ID'],
  removal: ['XNAT_REMOVAL_SECRET_ID'],
  signer: ['SIGNING_KEY_ID'],
  projectKeys: ['DEID_SECRET_ID'],
  policies: ['PROJECTS_FILE'],
  signIn: ['OIDC_ISSUER', 'OIDC_CLIENT_ID'],
};

/** What a handler is given: what its file picks of the ports, and what it takes from them when it is put together. */
async function portsOf(name: FunctionName): Promise<Set<string>> {
  const file = new URL(`../../lambdas/${functionSettings[name].folder}/${name}.ts`, import.meta.url);
  const picks = [...readFileSync(file, 'utf8').matchAll(/Pick<\s*Ports,\s*([^>]+)>/g)];
  const ports = new Set(
    picks.flatMap(([, names = '']) => [...names.matchAll(/'(\w+)'/g)].map(([, port = '']) => port)),
  );
  const factory: unknown = Reflect.get(await import(file.href), name);
  const recorder = new Proxy({}, { get: (_, port) => void ports.add(String(port)) });
  if (typeof factory === 'function') factory(recorder);
  return ports;
}

test.each(functionNames)('%s has the variables of its ports and no other', async (name) => {
  const wanted = [...(await portsOf(name))].flatMap((port) => variables[port] ?? []);
  expect(environmentOf(name).sort()).toEqual([...new Set([...wanted, 'NODE_OPTIONS'])].sort());
});

test('few sign, few know the key of pseudonyms, few reach XNAT, and only one may delete there', () => {
  const holders = (variable: string) => functionNames.filter((name) => environmentOf(name).includes(variable));
  expect(holders('DEID_SECRET_ID')).toEqual(['validateBatch', 'anonymizeBatch', 'relabelSession']);
  expect(holders('XNAT_SECRET_ID')).toEqual([
    ...['reviewFindings', 'pushScan', 'confirmArchive', 'sealReceipt', 'relabelSession', 'removeSubmission'],
  ]);
  expect(holders('XNAT_REMOVAL_SECRET_ID')).toEqual(['removeSubmission']);
  const signing = ofType(template, 'AWS::IAM::ManagedPolicy').filter(([, policy]) =>
    JSON.stringify(policy).includes('"kms:Sign"'),
  );
  expect(signing.map(([id]) => id).sort()).toEqual([
    expect.stringMatching(/^FunctionsrelabelSession/),
    expect.stringMatching(/^FunctionsremoveSubmission/),
    expect.stringMatching(/^FunctionssealReceipt/),
  ]);
});

test('no step of the pipeline can be called from the API, and no route runs longer than a browser waits', () => {
  for (const name of stepNames) expect(Object.keys(routes)).not.toContain(name);
  for (const name of functionNames.filter((each) => functionSettings[each].folder === 'api')) {
    expect(functionSettings[name].timeoutSeconds).toBeLessThanOrEqual(29);
  }
});

test.each(Object.entries(routes))('%s answers %s, and asks for a token where it must', (name, routeKey) => {
  const route = ofType(template, 'AWS::ApiGatewayV2::Route').find(([, { RouteKey }]) => RouteKey === routeKey)?.[1];
  expect(route).toMatchObject(
    name === 'describeService' ? { AuthorizationType: 'NONE' } : { AuthorizationType: 'JWT', AuthorizerId: {} },
  );
  const integration = named(template, 'AWS::ApiGatewayV2::Integration', `Api${name}`);
  expect(JSON.stringify(integration.IntegrationUri)).toContain(`Functions${name}`);
  expect(integration.PayloadFormatVersion).toBe('2.0');
});

test('tokens are those of the user pool, made for the portal, or for a machine or an operator of a site', () => {
  const authorizer = named(template, 'AWS::ApiGatewayV2::Authorizer', 'Api');
  expect(authorizer.JwtConfiguration).toEqual({
    Issuer: { 'Fn::GetAtt': [expect.stringMatching(/^SiteAccessUserPool/), 'ProviderURL'] },
    Audience: [
      { Ref: expect.stringMatching(/^SiteAccessUserPoolWeb/) },
      { Ref: expect.stringMatching(/^SiteAccessUserPoolMachinedemo/) },
      { Ref: expect.stringMatching(/^SiteAccessUserPoolOperatordemo/) },
    ],
  });
});

test.each([
  { client: 'Machine', role: 'uploader', minutes: 720 },
  { client: 'Operator', role: 'operator', minutes: 60 },
])('the $client client of a site is $role there, and may not ask for more or for another site', (row) => {
  const client = named(template, 'AWS::Cognito::UserPoolClient', `SiteAccessUserPool${row.client}demo`);
  expect(client).toMatchObject({
    AccessTokenValidity: row.minutes,
    AllowedOAuthFlows: ['client_credentials'],
    GenerateSecret: true,
  });
  const scopes = [...JSON.stringify(client).matchAll(/"\/([\w-]+)"/g)].map(([, scope]) => scope);
  expect(scopes).toEqual([row.role, 'site-demo']);
});

test('the portal lets in no code but its own, and lets bytes out to staging and sign-in alone', () => {
  const headers = JSON.stringify(named(template, 'AWS::CloudFront::ResponseHeadersPolicy', 'WebSecurityHeaders'));
  for (const directive of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"]) {
    expect(headers).toContain(directive);
  }
  expect(headers).toContain(
    "connect-src 'self' https://airlock-staging-123456789012-eu-central-1.s3.eu-central-1.amazonaws.com https://cognito-idp.eu-central-1.amazonaws.com https://airlock-123456789012.auth.eu-central-1.amazoncognito.com;",
  );
  expect(headers).not.toMatch(/unsafe|\*/);
  expect(headers).toContain('"AccessControlMaxAgeSec":63072000');
});

test('no resource waits for itself', () => {
  const open = new Map(Object.entries(template.Resources).map(([id, resource]) => [id, referencesIn(resource)]));
  for (let ready = readyOf(open); ready.length > 0; ready = readyOf(open)) for (const id of ready) open.delete(id);
  expect([...open.keys()]).toEqual([]);
});

const readyOf = (open: Map<string, Set<string>>) =>
  [...open].filter(([, references]) => ![...references].some((id) => open.has(id))).map(([id]) => id);

/** Logical ids that a resource names by Ref, Fn::GetAtt or DependsOn. */
function referencesIn(resource: unknown): Set<string> {
  const text = JSON.stringify(resource);
  const references = [...text.matchAll(/"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)].map(([, id = '']) => id);
  return new Set(references);
}
