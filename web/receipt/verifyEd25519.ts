import type { VerifySignature } from '../../core/audit/verifyReceipt.ts';

/** Ed25519 by the browser's own cryptography. */
export const verifyEd25519: VerifySignature = async (publicKey, bytes, signature) => {
  const key = await crypto.subtle.importKey('spki', bytesOfBase64(publicKey), 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, bytesOfBase64(signature), new Uint8Array(bytes));
};

const bytesOfBase64 = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
