import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import * as z from 'zod';
import { refusal } from '../exitOf.ts';
import { jsonOf } from '../terminal/jsonOf.ts';

/** Who and what stood in the files, and what stands for it: identifying data, never written in the clear. */
const IdentifierMap = z.object({
  v: z.literal(1),
  project: z.string(),
  patients: z.array(z.object({ patientId: z.string(), issuer: z.string(), subject: z.string(), shiftDays: z.int() })),
  uids: z.array(z.object({ original: z.string(), mapped: z.string() })),
});
type IdentifierMap = z.infer<typeof IdentifierMap>;

const keyWrap = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const header = base64Url(Buffer.from(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'airlock-map+jwe' })));
const ivBytes = 12;
const leastModulusBits = 2048;

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/**
 * Encrypts the JSON of a map to the owner of an RSA key, as a JWE in compact form (RFC 7516, RSA-OAEP-256 and A256GCM),
 * so that any JOSE library opens it and this computer cannot. It is made in parts, to be written one behind the other:
 * `head`, what each `add` of more text gives, `end`.
 */
export function sealMap(publicKey: KeyObject) {
  const contentKey = randomBytes(32);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header, 'ascii'));
  const wrapped = publicEncrypt({ key: publicKey, ...keyWrap }, contentKey);
  // base64 goes on in the middle of a text only where three bytes end
  let rest = Buffer.alloc(0);
  return {
    head: `${[header, base64Url(wrapped), base64Url(iv)].join('.')}.`,
    add(text: string): string {
      const sealed = Buffer.concat([rest, cipher.update(text, 'utf8')]);
      const whole = sealed.length - (sealed.length % 3);
      rest = sealed.subarray(whole);
      return base64Url(sealed.subarray(0, whole));
    },
    end: () => `${base64Url(Buffer.concat([rest, cipher.final()]))}.${base64Url(cipher.getAuthTag())}`,
  };
}

/** @throws a refusal `integrity` for what the key does not open, or was altered */
export function openMap(text: string, privateKey: KeyObject): IdentifierMap {
  const [protectedHeader = '', ...parts] = text.trim().split('.');
  const [wrapped, iv, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  const isWhole = wrapped !== undefined && sealed !== undefined && iv?.length === ivBytes && tag?.length === 16;
  if (protectedHeader !== header || parts.length !== 4 || !isWhole)
    throw refusal('usage', 'The file is no map of airlock');
  const opened = decrypt({ wrapped, iv, sealed, tag }, privateKey);
  const map = IdentifierMap.safeParse(opened === undefined ? undefined : jsonOf(opened));
  if (map.success) return map.data;
  throw refusal('integrity', 'The key does not open the map: it is another key, or the file was altered');
}

interface Sealed {
  wrapped: Buffer;
  iv: Buffer;
  sealed: Buffer;
  tag: Buffer;
}

function decrypt({ wrapped, iv, sealed, tag }: Sealed, privateKey: KeyObject): string | undefined {
  try {
    const contentKey = privateDecrypt({ key: privateKey, ...keyWrap }, wrapped);
    const decipher = createDecipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** @throws a refusal `usage` for what is no public RSA key of at least 2048 bits */
export const readPublicKey = (pem: string): KeyObject =>
  rsaKey(() => createPublicKey(pem), pem.includes('PRIVATE KEY'));

/** @throws a refusal `usage` for what is no RSA key without a passphrase */
export const readPrivateKey = (pem: string): KeyObject => rsaKey(() => createPrivateKey(pem), false);

function rsaKey(read: () => KeyObject, isWrongHalf: boolean): KeyObject {
  const key = isWrongHalf ? undefined : attempt(read);
  const bits = key?.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  if (key !== undefined && bits >= leastModulusBits) return key;
  throw refusal(
    'usage',
    `The key must be an RSA key in PEM of ${leastModulusBits} bits or more: the public half for --map-key, the private one, unencrypted, for --key`,
  );
}

function attempt(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
