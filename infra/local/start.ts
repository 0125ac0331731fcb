import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhenStale, builtPaths } from './buildWhenStale.ts';
import { XnatAccount } from './openKeyring.ts';
import { type ArchivedSample, archivedSample, sendSample } from './sendSample.ts';
import { type Airlock, startAirlock } from './startAirlock.ts';

/**
 * `npm start`: the whole system on this machine. At the first start it sends a sample study and says where it is
 * archived; then it serves until it is interrupted. With `--once` it ends as soon as the study is archived.
 */
const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const { AIRLOCK_DATA = '.airlock', AIRLOCK_PORT_BASE = '4180' } = process.env;
let started = performance.now();
const ending = new AbortController();
// what is written here may be patient data
process.umask(0o077);

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function main(): Promise<number> {
  const dataDir = resolve(AIRLOCK_DATA);
  await buildWhenStale(say);
  started = performance.now();
  const airlock = await startAirlock({
    ...{ dataDir, portBase: portBase(), templateDir: builtPaths.template, webDir: builtPaths.web, log: say },
    xnat: realXnat(),
    xnatRemoval: removalAccount(),
    onState: ({ state, item }) => item === undefined && say(`  ${elapsed()}  ${state}`),
  });
  const interrupted = whenInterrupted();
  try {
    introduce(airlock, dataDir);
    const failed = airlock.failed.then(() => Promise.reject(new Error('Airlock ends: its storage process ended')));
    failed.catch(() => undefined);
    const done = await Promise.race([ensureSample(airlock, dataDir), interrupted, failed]);
    if (done === 'interrupted') return 130;
    if (values.once) return done;
    say('Airlock is running; Ctrl-C stops it');
    await Promise.race([interrupted, failed]);
    return 0;
  } finally {
    ending.abort();
    await airlock.stop();
  }
}

function introduce({ urls, keyring }: Airlock, dataDir: string): void {
  const [user] = keyring.users;
  say(`Portal  ${urls.portal}   sign in as ${user?.name} with ${user?.password}`);
  say(`XNAT    ${urls.xnat}${realXnat() === undefined ? '   the stand-in; same name and password' : ''}`);
  say(`API     ${urls.api}/v1   S3 ${urls.s3}   sign-in ${urls.issuer}`);
  say(`Data    ${dataDir}`);
  say();
}

/** Answers the exit code: 0 only for what was proven to be archived. */
async function ensureSample({ urls, projects }: Airlock, dataDir: string): Promise<number> {
  const known = await archivedSample(dataDir);
  if (known !== undefined) {
    tellSample('The sample study was archived at an earlier start', known, urls.xnat);
    return 0;
  }
  const [project] = projects;
  if (project === undefined) throw new Error('Cannot send the sample study: the deployment has no project');
  say('Sending the sample study: two CT series of a person who does not exist');
  try {
    tellSample(
      'Archived',
      await sendSample({ dataDir, project, onLine: tellUpload, signal: ending.signal }),
      urls.xnat,
    );
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** Of the command line's events, those that are news. The states are told by the workflow itself. */
function tellUpload(line: string): void {
  const event = JSON.parse(line);
  if (event.type === 'inspected')
    say(`  ${elapsed()}  ${event.files} files, ${event.bytes} bytes, ${event.series} series`);
  if (event.type === 'committed') say(`  ${elapsed()}  ${event.submission} is sent`);
  if (event.type === 'summary' && event.state !== 'archived') say(`  ${elapsed()}  ${event.state} (${event.code})`);
}

function tellSample(title: string, { archived, sessions, receipt }: ArchivedSample, xnatUrl: string): void {
  say(`${title}: ${archived} files, confirmed by XNAT`);
  for (const { subject, session, uri } of sessions) say(`  ${subject} / ${session}   ${xnatUrl}${uri}`);
  say(`  receipt ${receipt}`);
  say();
}

function say(line = ''): void {
  console.log(line);
}

function elapsed(): string {
  return `${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s`;
}

function portBase(): number {
  const base = Number(AIRLOCK_PORT_BASE);
  if (Number.isInteger(base) && base > 0 && base <= 65_531) return base;
  throw new Error('Cannot start: AIRLOCK_PORT_BASE must be a port number up to 65531');
}

/** A real XNAT is used when its address and account are given. */
function realXnat(): XnatAccount | undefined {
  const { AIRLOCK_XNAT_URL: url, AIRLOCK_XNAT_USERNAME: username, AIRLOCK_XNAT_PASSWORD: password } = process.env;
  if (url === undefined) return undefined;
  const account = XnatAccount.safeParse({ url, username, password });
  if (account.success) return account.data;
  throw new Error(
    'Cannot start: AIRLOCK_XNAT_URL needs AIRLOCK_XNAT_USERNAME and AIRLOCK_XNAT_PASSWORD beside it, and must be a URL',
  );
}

/** An owner of the projects there, for withdrawals; without one the account that delivers must be an owner itself. */
function removalAccount(): XnatAccount | undefined {
  const { AIRLOCK_XNAT_REMOVAL_USERNAME: username, AIRLOCK_XNAT_REMOVAL_PASSWORD: password } = process.env;
  const url = realXnat()?.url;
  return url === undefined || username === undefined ? undefined : XnatAccount.parse({ url, username, password });
}

function whenInterrupted(): Promise<'interrupted'> {
  const { promise, resolve: interrupt } = Promise.withResolvers<'interrupted'>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt('interrupted'));
  return promise;
}
