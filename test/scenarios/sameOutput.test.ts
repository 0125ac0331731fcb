import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { airlock, folderOf } from '../clients/cli/cliRun.ts';
import { corpusIsPresent, readCorpus } from '../fixtures/corpus.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { type LocalFile, runPipeline, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { variedFiles } from '../fixtures/variedFiles.ts';

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What the functions put into the archive: digests by name. */
async function archived(files: readonly LocalFile[], policy: ProjectPolicy): Promise<Map<string, string>> {
  const ports = memoryPorts(policy);
  await runPipeline(ports, await stage(ports, files));
  const stored = [...ports.archive.sessions.values()].flatMap(({ scans }) =>
    [...scans.values()].flatMap((scan) => [...scan.files]),
  );
  return new Map(stored.map(([name, bytes]) => [basename(name), digestOf(bytes)]));
}

/** What the command line writes of the same files, in the same order, by the same policy and key. */
async function written(files: readonly LocalFile[], policy: ProjectPolicy): Promise<Map<string, string>> {
  folder = await folderOf({
    ...Object.fromEntries(files.map(({ bytes }, i) => [`in/${String(i).padStart(4, '0')}`, bytes])),
    key: digestOf(new TextEncoder().encode(policy.project)),
    profile: JSON.stringify(policy),
  });
  const args = ['deid', 'in', '--out', 'out', '--key-file', 'key', '--profile', 'profile', '--jobs', '1'];
  await airlock(args, { cwd: folder });
  const names = await readdir(join(folder, 'out'), { recursive: true });
  const outputs = names.filter((name) => name.endsWith('.dcm')).sort();
  return new Map(
    await Promise.all(
      outputs.map(async (name) => [basename(name), digestOf(await readFile(join(folder, 'out', name)))] as const),
    ),
  );
}

const sorted = (outputs: ReadonlyMap<string, string>) => [...outputs].sort();

describe('the functions and the command line write the same bytes', () => {
  const files = Object.entries(variedFiles).map(([path, bytes]) => ({ path, bytes }));

  test.each<[string, Partial<ProjectPolicy['deid']>]>([
    ['the default policy', {}],
    ['no dates', { dates: 'remove' }],
    ['what an option retains', { dates: 'retain', retainPatientCharacteristics: true, retainDeviceIdentity: true }],
    ['what is cleaned', { cleanDescriptors: true, cleanStructuredContent: true, cleanGraphics: true }],
  ])('of every form of file: %s', async (_, deid) => {
    const policy = ProjectPolicy.parse({ ...demoPolicy, deid });
    const outputs = sorted(await archived(files, policy));
    expect(outputs).toHaveLength(6);
    expect(sorted(await written(files, policy))).toEqual(outputs);
  });

  test.runIf(corpusIsPresent)('of real files', { timeout: 60_000 }, async () => {
    const corpus = readCorpus();
    const outputs = sorted(await archived(corpus, demoPolicy));
    expect(outputs.length).toBeGreaterThan(20);
    expect(sorted(await written(corpus, demoPolicy))).toEqual(outputs);
  });
});
