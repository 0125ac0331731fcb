import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ClientConfig } from '../../core/upload/clientCredentials.ts';
import { s3Client } from '../../lambdas/adapters/s3Client.ts';
import { policiesOf, withProjects } from './bundledProjects.ts';
import { choosePorts, type Ports } from './choosePorts.ts';
import { type DeadLetter, type Events, startEvents } from './commitEvents.ts';
import { countInvocations, type InvocationCounts } from './countInvocations.ts';
import { holdDirectory } from './holdDirectory.ts';
import { startHttpApi } from './httpApi.ts';
import { httpRoutes } from './httpRoutes.ts';
import { identityClients, identityGroups } from './identityClients.ts';
import { startIdentityProvider } from './identityProvider.ts';
import { functionName, type LambdaFunction, lambdaFunctions } from './lambdaFunctions.ts';
import { localAddresses } from './localAddresses.ts';
import { localBuckets } from './localBuckets.ts';
import { type Keyring, keysDirectory, openKeyring, type XnatAccount } from './openKeyring.ts';
import { readTemplate, resourcesOfType, type Template } from './readTemplate.ts';
import { isObject, localAccount, type Resolve, resolveTemplate } from './resolveTemplate.ts';
import { forkS3 } from './s3/forkS3.ts';
import { responseHeaders } from './serveWeb.ts';
import {
  createStateMachine,
  type StateEntered,
  type StateMachineOptions,
  type WorkflowCounts,
} from './stateMachine.ts';
import { startStepFunctions } from './stepFunctionsEndpoint.ts';
import { createWorkerPool, type InvocationReport, type OnInvoke } from './workerPool.ts';
import { writeClientFiles } from './writeClientFiles.ts';
import { forkXnat } from './xnat/forkXnat.ts';

export interface AirlockOptions {
  /** Holds all that survives a restart. */
  dataDir: string;
  /** First of five ports in a row; any free ports when absent. */
  portBase?: number | undefined;
  /** The synthesized assembly. */
  templateDir: string;
  /** The built portal. */
  webDir: string;
  /** A real XNAT; the stand-in is started when absent. */
  xnat?: XnatAccount | undefined;
  /** The account at a real XNAT that may delete; the one above when absent. */
  xnatRemoval?: XnatAccount | undefined;
  /** Multiplies the pauses between retries; 1 when absent. */
  timeScale?: number | undefined;
  /** The projects' policies in place of those that were built in: a file as `PROJECTS_FILE` names one. */
  projectsFile?: string | undefined;
  /** How many steps run at once. */
  concurrency?: number | undefined;
  /** Opens the stand-in's fault route: for tests alone. */
  xnatFaults?: boolean | undefined;
  onInvoke?: OnInvoke | undefined;
  /** Called as an invocation has ended, before who asked for it goes on. */
  onInvocation?: ((report: InvocationReport) => void) | undefined;
  onState?: ((entered: StateEntered) => void) | undefined;
  onEnd?: ((ended: { execution: string; error?: string }) => void) | undefined;
  /** One line for people. */
  log?: ((line: string) => void) | undefined;
}

export interface Airlock {
  urls: { portal: string; api: string; s3: string; issuer: string; xnat: string; stepFunctions: string };
  /** The client that sends, as `cli.json` has it. */
  client: ClientConfig;
  keyring: Keyring;
  /** Projects of the deployment. */
  projects: string[];
  /** The environment of the functions, for whoever needs the same buckets and ledger. */
  environment: Record<string, string>;
  pids: { s3: number | undefined; xnat: number | undefined };
  counters(): Promise<Counters>;
  deadLetters(): DeadLetter[];
  /** Settles when storage ended by itself: nothing can go on without it. */
  failed: Promise<void>;
  stop(): Promise<void>;
}

export interface Counters {
  invocations: Record<string, InvocationCounts>;
  workflow: WorkflowCounts;
  /** Requests by operation since the start. */
  s3: Record<string, number>;
}

/** Runs the synthesized template on this machine. */
export async function startAirlock(options: AirlockOptions): Promise<Airlock> {
  const dataDir = resolvePath(options.dataDir);
  const stops: (() => unknown)[] = [holdDirectory(dataDir)];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await compose({ ...options, dataDir }, { stops, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Lifetime {
  /** How to end each part, in the order they started. */
  stops: (() => unknown)[];
  stop: () => Promise<void>;
}

async function compose(options: AirlockOptions, { stops, stop }: Lifetime): Promise<Airlock> {
  const { dataDir, timeScale } = options;
  const log = options.log ?? (() => undefined);
  const ports = await choosePorts(options.portBase);
  const urls = urlsOf(ports, options.xnat);
  const template = await readTemplate(options.templateDir);
  const resolve = resolveTemplate(template, localAddresses(template, placesOf(dataDir, urls)));
  const clients = identityClients(template, resolve);
  const keyring = openKeyring({
    dataDir,
    clients,
    groups: identityGroups(template),
    xnat: options.xnat ?? { url: urls.xnat },
    xnatRemoval: options.xnatRemoval,
  });
  const routes = httpRoutes(template, resolve);
  const functions = lambdaFunctions(template, resolve).map((each) => withProjects(each, options.projectsFile));
  const invocations = countInvocations();
  const pool = createWorkerPool({
    functions,
    interactive: new Set(routes.map(({ functionArn }) => String(functionArn.split(':').at(-1)))),
    concurrency: options.concurrency ?? Math.max(2, Math.min(4, availableParallelism())),
    environment: workerEnvironment(urls, keyring),
    logDirectory: join(dataDir, 'logs'),
    onInvoke: options.onInvoke,
    onInvocation: (report) => {
      invocations.add(report);
      options.onInvocation?.(report);
    },
  });
  stops.push(pool.stop);

  const machine = createStateMachine({
    ...workflowOf(template, resolve),
    invoke: pool.invoke,
    readLines: lineReader(urls.s3, keyring),
    onState: options.onState,
    onFault: ({ state, error }) => log(`${state} failed: ${error}`),
    timeScale,
  });
  const stepFunctions = await startStepFunctions({
    port: ports.stepFunctions,
    stateMachineArn: workflowOf(template, resolve).arn,
    credentials: keyring.credentials,
    run: machine.run,
    onEnd: options.onEnd,
  });
  stops.push(stepFunctions.stop);

  const events = startEvents({
    ...{ template, resolve, timeScale, invoke: pool.invoke },
    onDeadLetter: (letter) => keepDeadLetter(dataDir, letter, log),
    onFault: ({ functionArn, error }) => log(`${functionArn.split(':').at(-1)} failed: ${error}`),
  });
  stops.push(events.stop);
  const s3 = await startS3(options, { ports, keyring, template, resolve, events });
  stops.push(s3.stop);
  const xnat = options.xnat === undefined ? await startXnat(options, { ports, keyring, functions }) : undefined;
  if (xnat !== undefined) stops.push(xnat.stop);
  const issuer = await startIdentityProvider({
    ...{ port: ports.issuer, portalUrl: urls.portal, clients },
    ...{ secrets: keyring.clientSecrets, users: keyring.users, jwks: keyring.jwks },
  });
  stops.push(issuer.stop);
  const api = await startHttpApi({
    ...{ port: ports.portal, routes, webDirectory: options.webDir, invoke: pool.invoke },
    headers: responseHeaders(template, resolve),
  });
  stops.push(api.stop);
  const client = writeClientFiles(dataDir, { url: urls.portal, clients, secrets: keyring.clientSecrets });
  // not awaited: what it heals may take long
  void events.startSchedules();
  return {
    ...{ urls, client, keyring, stop },
    projects: policiesOf(functions).map(({ project }) => project),
    environment: Object.assign(
      {},
      ...functions.map(({ environment }) => environment),
      workerEnvironment(urls, keyring),
    ),
    pids: { s3: s3.pid, xnat: xnat?.pid },
    counters: async () => ({ invocations: invocations.all(), workflow: machine.counts(), s3: await s3.counts() }),
    deadLetters: events.deadLetters,
    failed: s3.exited,
  };
}

function urlsOf(ports: Ports, xnat: XnatAccount | undefined): Airlock['urls'] {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    ...{ portal: at(ports.portal), api: at(ports.portal), s3: at(ports.s3), issuer: at(ports.issuer) },
    ...{ xnat: xnat?.url ?? at(ports.xnat), stepFunctions: at(ports.stepFunctions) },
  };
}

const placesOf = (dataDir: string, urls: Airlock['urls']) => ({
  ...{ portalUrl: urls.portal, s3Url: urls.s3, issuerUrl: urls.issuer },
  ledgerPath: join(dataDir, 'ledger.sqlite'),
  keysDirectory: keysDirectory(dataDir),
});

function workerEnvironment(urls: Airlock['urls'], { credentials }: Keyring): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS } = process.env;
  return {
    AWS_ENDPOINT_URL_S3: urls.s3,
    AWS_ENDPOINT_URL_SFN: urls.stepFunctions,
    AWS_REGION: localAccount.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    TZ: 'UTC',
    // a real XNAT may have a certificate of its hospital
    ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }),
  };
}

function workflowOf(template: Template, resolve: Resolve): Pick<StateMachineOptions, 'definition' | 'name' | 'arn'> {
  const [machine, ...others] = resourcesOfType(template, 'AWS::StepFunctions::StateMachine');
  if (machine === undefined || others.length > 0) throw new Error('Cannot run the template: it holds not one workflow');
  const definition: unknown = JSON.parse(z.string().parse(resolve(machine.properties.DefinitionString)));
  if (!isObject(definition)) throw new Error('Cannot run the template: the workflow has no definition');
  return { definition, name: machine.id, arn: String(resolve({ Ref: machine.id })) };
}

function lineReader(endpoint: string, { credentials }: Keyring): StateMachineOptions['readLines'] {
  const client = s3Client({ region: localAccount.region, endpoint, credentials });
  return async ({ bucket, key }) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const text = (await Body?.transformToString()) ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  };
}

interface Storage {
  ports: Ports;
  keyring: Keyring;
  template: Template;
  resolve: Resolve;
  events: Events;
}

function startS3({ dataDir }: AirlockOptions, { ports, keyring, template, resolve, events }: Storage) {
  return forkS3({
    ...{ dataDir: join(dataDir, 's3'), port: ports.s3, region: localAccount.region },
    credentials: [keyring.credentials],
    buckets: localBuckets(template, resolve),
    onObjectCreated: events.objectCreated,
  });
}

interface StandIn {
  ports: Ports;
  keyring: Keyring;
  functions: LambdaFunction[];
}

/** The stand-in, where the pipeline writes and every local user may look. */
function startXnat({ dataDir, xnatFaults }: AirlockOptions, { ports, keyring, functions }: StandIn) {
  const { xnat, xnatRemoval } = keyring;
  return forkXnat({
    ...{ dataDir: join(dataDir, 'xnat'), port: ports.xnat },
    users: [
      { login: xnat.username, password: xnat.password, role: 'member' },
      { login: xnatRemoval.username, password: xnatRemoval.password, role: 'admin' },
      ...keyring.users.map(({ name, password }) => ({ login: name, password, role: 'collaborator' as const })),
    ],
    projects: policiesOf(functions).map(({ xnatProject }) => xnatProject),
    ...(xnatFaults && { faultRoute: true }),
  });
}

function keepDeadLetter(dataDir: string, letter: DeadLetter, log: (line: string) => void): void {
  appendFileSync(join(dataDir, 'dead-letters.ndjson'), `${JSON.stringify(letter)}\n`, { mode: 0o600 });
  log(`${functionName(String(letter.queue.split(':').at(-1)))}: a message became a dead letter`);
}
