import { builtPaths } from '../../infra/local/buildWhenStale.ts';
import { startAirlock } from '../../infra/local/startAirlock.ts';

/** The server of a bench run, in a process of its own so that its memory is its own. */
const [dataDir = ''] = process.argv.slice(2);
const airlock = await startAirlock({ dataDir, templateDir: builtPaths.template, webDir: builtPaths.web });
process.send?.({ client: airlock.client, pids: { ...airlock.pids, server: process.pid } });
process.on('message', async (message) => {
  if (message === 'counters') process.send?.({ counters: await airlock.counters() });
  if (message === 'stop') {
    await airlock.stop();
    process.disconnect();
  }
});
// a run that fails leaves no server behind
process.on('disconnect', () => process.exit());
