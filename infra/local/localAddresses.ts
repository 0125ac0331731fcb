import { join } from 'node:path';
import * as z from 'zod';
import { functionArn, functionName } from './lambdaFunctions.ts';
import { resourcesOfType, type Template, type TemplateResource } from './readTemplate.ts';
import { isObject, type LocalAddress, type LocalAddresses, localAccount } from './resolveTemplate.ts';

/** Where the parts of one machine listen and keep their files. */
interface LocalPlaces {
  portalUrl: string;
  s3Url: string;
  issuerUrl: string;
  ledgerPath: string;
  keysDirectory: string;
}

/** Files of the keys directory that stand for the template's keys and secrets. */
export const keyFiles = {
  signing: 'signing.pem',
  deid: 'deid.json',
  xnat: 'xnat.json',
  xnatRemoval: 'xnat-removal.json',
} as const;

type Address = (
  resource: { id: string; properties: TemplateResource['Properties'] },
  places: LocalPlaces,
) => LocalAddress;

const arn = (service: string, rest: string) => `arn:aws:${service}:${localAccount.region}:${localAccount.id}:${rest}`;
const named: Address = ({ id }) => ({ ref: id });

/** What each type of resource is on one machine. A type that is not here has no address, and its use is refused. */
const addressOfType: Readonly<Record<string, Address>> = {
  'AWS::S3::Bucket': ({ id, properties }, { s3Url }) => {
    const name = bucketName(id, properties);
    const host = new URL(s3Url).host;
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: host, RegionalDomainName: host } };
  },
  'AWS::DynamoDB::Table': ({ id }, { ledgerPath }) => ({
    ref: `sqlite:${ledgerPath}`,
    attributes: { Arn: arn('dynamodb', `table/${id}`) },
  }),
  'AWS::KMS::Key': ({ id, properties }, { keysDirectory }) =>
    properties.KeyUsage === 'SIGN_VERIFY'
      ? everywhere(`file:${join(keysDirectory, keyFiles.signing)}`)
      : { ref: id, attributes: { Arn: arn('kms', `key/${id}`) } },
  'AWS::SecretsManager::Secret': (secret, { keysDirectory }) => ({
    ref: `file:${join(keysDirectory, keyFiles[secretOf(secret)])}`,
  }),
  'AWS::Lambda::Function': ({ id }) => ({ ref: functionName(id), attributes: { Arn: functionArn(functionName(id)) } }),
  'AWS::StepFunctions::StateMachine': ({ id }) => ({
    ref: arn('states', `stateMachine:${id}`),
    attributes: { Arn: arn('states', `stateMachine:${id}`), Name: id },
  }),
  'AWS::SQS::Queue': ({ id }) => ({ ref: `local:${id}`, attributes: { Arn: arn('sqs', id), QueueName: id } }),
  'AWS::Cognito::UserPool': ({ id }, { issuerUrl }) => ({
    ref: id,
    attributes: { Arn: arn('cognito-idp', `userpool/${id}`), ProviderURL: issuerUrl, ProviderName: issuerUrl },
  }),
  'AWS::Cognito::UserPoolClient': ({ id }) => ({ ref: id, attributes: { ClientId: id } }),
  'AWS::Cognito::UserPoolResourceServer': ({ id, properties }) => ({ ref: String(properties.Identifier ?? id) }),
  'AWS::CloudFront::Distribution': ({ id }, { portalUrl }) => ({
    ref: id,
    attributes: { DomainName: new URL(portalUrl).host },
  }),
  'AWS::ApiGatewayV2::Api': ({ id }, { portalUrl }) => ({ ref: id, attributes: { ApiEndpoint: portalUrl } }),
  'AWS::ApiGatewayV2::Integration': named,
  'AWS::ApiGatewayV2::Authorizer': named,
  'AWS::IAM::Role': ({ id }) => ({ ref: id, attributes: { Arn: `arn:aws:iam::${localAccount.id}:role/${id}` } }),
  'AWS::Logs::LogGroup': ({ id }) => ({ ref: id, attributes: { Arn: arn('logs', `log-group:${id}`) } }),
  'AWS::SNS::Topic': ({ id }) => ({ ref: arn('sns', id) }),
};

/** Everything that the template's references stand for on this machine. */
export function localAddresses(template: Template, places: LocalPlaces): LocalAddresses {
  requireOneSecretEach(template);
  const resources = new Map<string, LocalAddress>();
  for (const [id, { Type, Properties }] of template.resources) {
    const address = addressOfType[Type]?.({ id, properties: Properties }, places);
    if (address !== undefined) resources.set(id, address);
  }
  return { resources, origins: writtenOrigins(template, places) };
}

/** The portal's policy must name these origins before anything is made, so the template tells them as outputs too. */
function writtenOrigins({ outputs }: Template, { s3Url, issuerUrl }: LocalPlaces): Map<string, string> {
  const local = { StagingOrigin: s3Url, IssuerOrigin: issuerUrl, SignInOrigin: issuerUrl };
  return new Map(
    Object.entries(local).flatMap(([name, url]) => {
      const origin = outputs.get(name);
      return typeof origin === 'string' ? [[origin, url] as const] : [];
    }),
  );
}

/** The name in the template, or the logical id without the hash that CDK puts behind it. */
function bucketName(id: string, { BucketName }: TemplateResource['Properties']): string {
  return z.string().safeParse(BucketName).data ?? id.replace(/[0-9A-F]{8}$/, '').toLowerCase();
}

/** The key of all pseudonyms is drawn at the first deployment; the account at XNAT is filled in by a person. */
const isGeneratedKey = ({ GenerateSecretString: made }: TemplateResource['Properties']) =>
  isObject(made) && made.GenerateStringKey === 'key';

/** The accounts at XNAT are told apart by the names of their constructs. */
function secretOf({ id, properties }: Parameters<Address>[0]): keyof typeof keyFiles {
  if (isGeneratedKey(properties)) return 'deid';
  return /XnatRemovalAccount[0-9A-F]{8}$/.test(id) ? 'xnatRemoval' : 'xnat';
}

function requireOneSecretEach(template: Template): void {
  const files = resourcesOfType(template, 'AWS::SecretsManager::Secret').map(secretOf);
  if (new Set(files).size === files.length) return;
  throw new Error('Cannot run the template: it holds more secrets than those that have a file here');
}

const everywhere = (ref: string): LocalAddress => ({ ref, attributes: { Arn: ref, KeyId: ref } });
