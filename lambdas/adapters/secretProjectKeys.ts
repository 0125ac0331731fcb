import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { ProjectKeys } from '../../core/submission/ports.ts';

/** `key` is the base64 of 32 random bytes, or any text at least as long: its characters are the master key. */
const DeidSecret = z.object({ key: z.string().min(43).max(1024) });

/**
 * Keys of the projects, each HMAC-SHA-256 of the project's name under the deployment's master key: knowing one tells
 * nothing of another. The secret is read once.
 * @throws DomainError UnexpectedFault when the secret is none of this form
 */
export function secretProjectKeys(readSecret: () => Promise<string>): ProjectKeys {
  let master: Promise<string> | undefined;
  return {
    async of(project) {
      master ??= readSecret().then(masterOf);
      const key = await master.catch((error: unknown) => {
        // What failed is asked for again by the next call
        master = undefined;
        throw error;
      });
      return createHmac('sha256', key).update(`airlock project ${project}`).digest();
    },
  };
}

function masterOf(text: string): string {
  try {
    return DeidSecret.parse(JSON.parse(text)).key;
  } catch {
    // Neither the parser's message nor zod's may go on: they could quote the secret
    throw new DomainError(
      'UnexpectedFault',
      'Cannot read the de-identification key: the secret must be JSON with "key"',
    );
  }
}
