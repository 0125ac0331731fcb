import { utf8ToBytes } from '@noble/hashes/utils.js';
import { hashJson } from './hashJson.ts';
import type { Relabelling } from './Relabelling.ts';

/** The exact bytes that the signature of an addendum covers: like those of a receipt, under a name of their own. */
export const relabellingBytes = (relabelling: Relabelling): Uint8Array =>
  utf8ToBytes(`airlock relabelling v1\n${hashJson(relabelling)}\n`);
