import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';

/** Where to sign in, and the key that receipts are signed with: for anybody, before any token. */
export const describeService =
  ({ signIn, signer }: Pick<Ports, 'signIn' | 'signer'>) =>
  async () => {
    const body: ServiceDescription = { ...signIn, receiptKey: await signer.publicKey() };
    return { status: 200, body };
  };

export const handler = apiHandler(describeService);
