import { builtPaths } from '../../infra/local/buildWhenStale.ts';
import { startAirlock } from '../../infra/local/startAirlock.ts';
import { Mortality, type Ready } from './superviseMachine.ts';

/** One machine in a process of its own, which kills itself as it was told, the way that `kill -9` does. */
const { dataDir, portBase, death } = Mortality.parse(JSON.parse(process.argv[2] ?? ''));

const dieOf = (where: string) => {
  if (where === death?.at) setTimeout(() => process.kill(process.pid, 'SIGKILL'), death.delayMs);
  // without a delay not even the next line is run
  if (where === death?.at && death.delayMs === 0) process.kill(process.pid, 'SIGKILL');
};

const airlock = await startAirlock({
  ...{ dataDir, portBase, templateDir: builtPaths.template, webDir: builtPaths.web, timeScale: 0.01 },
  onState: ({ state }) => dieOf(state),
  onInvoke: ({ functionName }) => dieOf(functionName),
});
process.once('message', async () => {
  await airlock.stop();
  process.disconnect();
});
const { client, keyring, urls, environment } = airlock;
process.send?.({
  ...{ client, xnat: keyring.xnat },
  s3: { endpoint: urls.s3, credentials: keyring.credentials, auditBucket: String(environment.AUDIT_BUCKET) },
} satisfies Ready);
