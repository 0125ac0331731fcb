import { builtPaths } from '../../infra/local/buildWhenStale.ts';
import { startAirlock } from '../../infra/local/startAirlock.ts';
import { Mortality, type Ready } from './superviseMachine.ts';

/** One machine in a process of its own, which kills itself as it was told, the way that `kill -9` does. */
const { dataDir, portBase, death } = Mortality.parse(JSON.parse(process.argv[2] ?? ''));

let startMs: number | undefined;
const die = () => process.kill(process.pid, 'SIGKILL');
const dieOf = (where: string) => {
  if (where !== death?.at) return;
  // without a delay not even the next line is run
  if (death.share === 0) die();
  // what begins before the start is through has only seen the start so far
  setTimeout(die, death.share * (startMs ?? performance.now()));
};

const airlock = await startAirlock({
  ...{ dataDir, portBase, templateDir: builtPaths.template, webDir: builtPaths.web, timeScale: 0.01 },
  onState: ({ state }) => dieOf(state),
  onInvoke: ({ functionName }) => dieOf(functionName),
  // a step that ends before its share of time is over dies with its answer, or the next would begin
  onInvocation: ({ functionName }) => functionName === death?.at && die(),
});
startMs = performance.now();
process.once('message', async () => {
  await airlock.stop();
  process.disconnect();
});
const { client, keyring, urls, environment } = airlock;
process.send?.({
  ...{ client, xnat: keyring.xnat },
  s3: { endpoint: urls.s3, credentials: keyring.credentials, auditBucket: String(environment.AUDIT_BUCKET) },
} satisfies Ready);
