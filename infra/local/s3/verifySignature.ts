import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalRequest, sha256Hex, type WireRequest } from './canonicalRequest.ts';
import { s3Error } from './s3Error.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** S3: the clocks of client and server may differ by 15 minutes. */
const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRY_SECONDS = 7 * 24 * 3600;

interface Verifier {
  credentials: Array<{ accessKeyId: string; secretAccessKey: string }>;
  region: string;
  nowMs: number;
}

/** What the signature says of the body, and what signs its chunks. */
export interface VerifiedRequest {
  /** Hex digest of the body, or one of S3's literals (UNSIGNED-PAYLOAD, STREAMING-…). */
  payload: string;
  signingKey: Buffer;
  /** X-Amz-Date of the request. */
  date: string;
  scope: string;
  signature: string;
}

interface Claim {
  presigned: boolean;
  credential: string;
  date: string;
  signedHeaders: string[];
  signature: string;
  expirySeconds: number | undefined;
  payload: string;
}

/**
 * Verifies Signature Version 4 in the Authorization header or in a presigned query. Written on its own, not with the
 * SDK's signer: a fault that signer and verifier share would go unseen.
 * @throws AccessDenied (anonymous, expired, unsigned x-amz headers), SignatureDoesNotMatch, InvalidAccessKeyId,
 * RequestTimeTooSkewed, AuthorizationHeaderMalformed
 */
export function verifySignature(request: WireRequest, verifier: Verifier): VerifiedRequest {
  const claim = claimOf(request);
  const [accessKeyId, day, region, service, terminator] = claim.credential.split('/');
  const secret = verifier.credentials.find((candidate) => candidate.accessKeyId === accessKeyId)?.secretAccessKey;
  if (secret === undefined) throw s3Error('InvalidAccessKeyId', 'The access key id does not exist');
  const scope = `${claim.date.slice(0, 8)}/${verifier.region}/s3/aws4_request`;
  if ([day, region, service, terminator].join('/') !== scope) {
    throw s3Error('AuthorizationHeaderMalformed', `The credential's scope is wrong: wanted ${scope}`);
  }
  requireTimely(claim, verifier.nowMs);
  requireSignedHeaders(request, claim);
  const signingKey = ['s3', 'aws4_request'].reduce(
    hmac,
    hmac(hmac(Buffer.from(`AWS4${secret}`), claim.date.slice(0, 8)), verifier.region),
  );
  const canonical = canonicalRequest(request, claim.signedHeaders, claim.payload);
  requireSignature(signingKey, [ALGORITHM, claim.date, scope, sha256Hex(canonical)].join('\n'), claim.signature);
  return { payload: claim.payload, signingKey, date: claim.date, scope, signature: claim.signature };
}

/** @throws SignatureDoesNotMatch */
export function requireSignature(signingKey: Buffer, stringToSign: string, signature: string): void {
  const expected = hmac(signingKey, stringToSign);
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw s3Error('SignatureDoesNotMatch', 'The signature we calculated does not match the one you gave');
  }
}

function claimOf(request: WireRequest): Claim {
  const authorization = request.headers.get('authorization');
  const query = new Map(request.query);
  if (authorization !== undefined) return headerClaim(request, authorization);
  if (query.has('X-Amz-Signature')) return presignedClaim(query);
  throw s3Error('AccessDenied', 'Access Denied');
}

function headerClaim(request: WireRequest, authorization: string): Claim {
  const fields = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, credential, signedHeaders, signature] = fields ?? [];
  const date = request.headers.get('x-amz-date');
  const payload = request.headers.get('x-amz-content-sha256');
  if (credential === undefined || signedHeaders === undefined || signature === undefined || date === undefined) {
    throw s3Error('AuthorizationHeaderMalformed', 'The authorization header or x-amz-date is malformed');
  }
  if (payload === undefined) throw s3Error('InvalidRequest', 'Missing required header: x-amz-content-sha256');
  const headers = signedHeaders.split(';');
  return { presigned: false, credential, date, signedHeaders: headers, signature, expirySeconds: undefined, payload };
}

function presignedClaim(query: Map<string, string>): Claim {
  const field = (name: string) => query.get(name) ?? '';
  const expirySeconds = Number(field('X-Amz-Expires'));
  if (field('X-Amz-Algorithm') !== ALGORITHM || !Number.isInteger(expirySeconds)) {
    throw s3Error('AccessDenied', 'The query does not hold a presigned request');
  }
  return {
    presigned: true,
    credential: field('X-Amz-Credential'),
    date: field('X-Amz-Date'),
    signedHeaders: field('X-Amz-SignedHeaders').split(';'),
    signature: field('X-Amz-Signature'),
    expirySeconds,
    payload: 'UNSIGNED-PAYLOAD',
  };
}

function requireTimely({ date, expirySeconds }: Claim, nowMs: number): void {
  const signedMs = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signedMs)) throw s3Error('AccessDenied', 'X-Amz-Date is malformed');
  if (expirySeconds === undefined) {
    if (Math.abs(nowMs - signedMs) <= MAX_SKEW_MS) return;
    throw s3Error('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large');
  }
  if (expirySeconds < 1 || expirySeconds > MAX_EXPIRY_SECONDS) {
    throw s3Error('AccessDenied', 'X-Amz-Expires must be between 1 and 604800 seconds');
  }
  if (signedMs - nowMs > MAX_SKEW_MS) throw s3Error('AccessDenied', 'Request is not valid yet');
  if (nowMs > signedMs + expirySeconds * 1000) throw s3Error('AccessDenied', 'Request has expired');
}

/** S3 wants host and every x-amz header signed, so that none can be added to a presigned URL. */
function requireSignedHeaders(request: WireRequest, { signedHeaders }: Claim): void {
  const signed = new Set(signedHeaders);
  const required = ['host', ...[...request.headers.keys()].filter((name) => name.startsWith('x-amz-'))];
  const unsigned = required.filter((name) => !signed.has(name));
  if (unsigned.length > 0) {
    throw s3Error('AccessDenied', `There were headers present in the request which were not signed: ${unsigned}`);
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
