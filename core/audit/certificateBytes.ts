import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { DeletionCertificate } from './DeletionCertificate.ts';
import { hashJson } from './hashJson.ts';

/** The exact bytes that a certificate's signature covers: like those of a receipt, under a name of their own. */
export const certificateBytes = (certificate: DeletionCertificate): Uint8Array =>
  utf8ToBytes(`airlock deletion certificate v1\n${hashJson(certificate)}\n`);
