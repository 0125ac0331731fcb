import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { buildWhenStale, builtPaths } from '../../infra/local/buildWhenStale.ts';
import { type AirlockOptions, startAirlock } from '../../infra/local/startAirlock.ts';
import type { FaultSettings } from '../../infra/local/xnat/faults.ts';
import { readPolicies } from '../../infra/readPolicies.ts';
import { s3Client } from '../../lambdas/adapters/s3Client.ts';
import { listVersions } from './listVersions.ts';
import { openSite } from './site.ts';

export type Machine = Awaited<ReturnType<typeof startMachine>>;

/**
 * The synthesized template on this machine and a site that sends to it, in a folder that `stop` removes. Pauses
 * between retries are a hundredth of those of the template, and so is the rest that policies give to an XNAT that fails.
 * @param policies those of the deployment unless others are given
 */
export async function startMachine(options: Partial<AirlockOptions> = {}, policies = readPolicies()) {
  await buildWhenStale();
  const folder = await mkdtemp(join(tmpdir(), 'airlock-scenario-'));
  const { timeScale = 0.01 } = options;
  const projectsFile = join(folder, 'projects.json');
  await writeFile(projectsFile, JSON.stringify(policies.map((policy) => restingFor(policy, timeScale))));
  const airlock = await startAirlock({
    ...{ dataDir: join(folder, 'data'), templateDir: builtPaths.template, webDir: builtPaths.web },
    ...{ projectsFile, xnatFaults: true, ...options, timeScale },
  });
  const { keyring, environment, urls } = airlock;
  const s3 = s3Client({ region: 'us-east-1', endpoint: urls.s3, credentials: keyring.credentials });
  return {
    ...{ airlock, folder, s3, dataDir: join(folder, 'data') },
    site: openSite({ client: airlock.client, xnat: keyring.xnat, home: join(folder, 'site') }),
    /** Bucket of a role: STAGING, WORK, CLEAN, QUARANTINE, AUDIT. */
    bucket: (role: string) => environment[`${role}_BUCKET`] ?? '',
    /** Keys of every version in the bucket of a role. */
    versions: (role: string) => listVersions(s3, environment[`${role}_BUCKET`] ?? ''),
    /** Switches the faults of the XNAT stand-in. */
    async setFaults(faults: Partial<FaultSettings>): Promise<void> {
      const { ok } = await fetch(`${urls.xnat}/_faults`, { method: 'PUT', body: JSON.stringify(faults) });
      if (!ok) throw new Error('Cannot set the faults of the stand-in');
    },
    async stop(): Promise<void> {
      await airlock.stop();
      s3.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const restingFor = (policy: ProjectPolicy, timeScale: number): ProjectPolicy => ({
  ...policy,
  delivery: { ...policy.delivery, restSeconds: Math.round(policy.delivery.restSeconds * timeScale) },
});
