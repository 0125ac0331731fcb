import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { policyFaults } from '../../../core/policy/policyFaults.ts';
import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';
import { jsonOf } from '../terminal/jsonOf.ts';
import { localPolicy } from './localPolicy.ts';

/** A project as this computer plays it: the policy of a file, or the defaults; a key of a file, or one drawn now. */
export interface LocalProject {
  policy: ProjectPolicy;
  key: Uint8Array;
}

/** @throws a refusal `usage` for a file that does not fit */
export async function openLocalProject(
  { cwd }: Pick<CliContext, 'cwd'>,
  { profile, keyFile }: { profile: string | undefined; keyFile?: string | undefined },
): Promise<LocalProject> {
  const policy = profile === undefined ? localPolicy : await readProfile(resolve(cwd, profile));
  if (keyFile !== undefined) return { policy, key: await readKey(resolve(cwd, keyFile)) };
  return { policy, key: crypto.getRandomValues(new Uint8Array(32)) };
}

async function readProfile(path: string): Promise<ProjectPolicy> {
  const asked = jsonOf(await readFile(path, 'utf8'));
  if (asked === undefined) throw refusal('usage', 'Cannot read the profile: the file is no JSON');
  // schemas take as long to load as all else: only who brings a profile waits for them
  await import('../start/plainSchemas.ts');
  const { ProjectPolicy } = await import('../../../core/policy/ProjectPolicy.ts');
  const policy = ProjectPolicy.safeParse(asked);
  if (!policy.success) throw refusal('usage', `Cannot read the profile: ${policyFaults(policy.error)}`);
  return policy.data;
}

async function readKey(path: string): Promise<Uint8Array> {
  const text = (await readFile(path, 'utf8')).trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  throw refusal('usage', 'Cannot read the key file: it must hold 64 hexadecimal digits');
}
