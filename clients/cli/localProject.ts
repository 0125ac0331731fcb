import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { policyFaults } from '../../core/policy/policyFaults.ts';
import type { CliContext } from './CliContext.ts';
import { refusal } from './exitOf.ts';
import { jsonOf } from './jsonOf.ts';

/** A project as this computer plays it: the policy of a file, or the defaults; a key of a file, or one drawn now. */
export interface LocalProject {
  policy: ProjectPolicy;
  key: Uint8Array;
}

const defaults = { project: 'LOCAL', xnatProject: 'LOCAL', sites: ['local'] };

/** @throws a refusal `usage` for a file that does not fit */
export async function openLocalProject(
  { cwd }: Pick<CliContext, 'cwd'>,
  { profile, keyFile }: { profile: string | undefined; keyFile?: string | undefined },
): Promise<LocalProject> {
  const asked = profile === undefined ? defaults : jsonOf(await readFile(resolve(cwd, profile), 'utf8'));
  if (asked === undefined) throw refusal('usage', 'Cannot read the profile: the file is no JSON');
  const policy = ProjectPolicy.safeParse(asked);
  if (!policy.success) throw refusal('usage', `Cannot read the profile: ${policyFaults(policy.error)}`);
  if (keyFile !== undefined) return { policy: policy.data, key: await readKey(resolve(cwd, keyFile)) };
  return { policy: policy.data, key: crypto.getRandomValues(new Uint8Array(32)) };
}

async function readKey(path: string): Promise<Uint8Array> {
  const text = (await readFile(path, 'utf8')).trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  throw refusal('usage', 'Cannot read the key file: it must hold 64 hexadecimal digits');
}
