import { randomBytes } from 'node:crypto';
import { checksumElement } from './checksums.ts';
import type { Store } from './openStore.ts';
import { parseRange, type Range } from './parseRange.ts';
import type { Piece } from './pieces.ts';
import { countOf, type S3Answer, type S3Call } from './s3Call.ts';
import { s3Error } from './s3Error.ts';
import { checksumHeaders, headersToStore, versionHeaders } from './versionHeaders.ts';
import type { Version } from './versions.ts';
import { xmlDocument } from './xml.ts';

const MAX_PARTS = 1000;

/** PutObject, GetObject, HeadObject, GetObjectAttributes. */
export function objectRoutes(store: Store) {
  return {
    async PutObject(call: S3Call): Promise<S3Answer> {
      const body = call.body();
      const lockedUntilMs = store.lockedUntilMs(call.bucket);
      const durable = lockedUntilMs > 0;
      if (durable && body.algorithm === undefined && !body.hasMd5) {
        throw s3Error('InvalidRequest', 'Content-MD5 or x-amz-checksum- is required for objects under Object Lock');
      }
      const condition = { ifMatch: call.header('if-match'), ifNoneMatch: call.header('if-none-match') };
      const target = { bucket: call.bucket.name, key: call.key, headers: headersToStore(call), lockedUntilMs };
      const version = await store.keepBody(body, async ({ blob, sizeBytes, checksum = null }) => {
        if (durable) await store.blobs.flush(blob);
        return store.index.transaction(
          () => {
            store.versions.requireCondition(target.bucket, target.key, condition);
            const versionId = randomBytes(16).toString('hex');
            const createdMs = store.nowMs();
            store.pieces.put(versionId, { number: 1, blob, sizeBytes, checksum, createdMs });
            const algorithm = body.algorithm ?? null;
            // as under SSE-KMS, an ETag is no MD5: a random name spares computing one
            const content = { sizeBytes, etag: blob, parts: 0, algorithm, checksum };
            return store.versions.add({ ...target, ...content, versionId, createdMs, deleteMarker: false });
          },
          { durable },
        );
      });
      store.reportCreated(call.bucket, version);
      const headers = { etag: `"${version.etag}"`, 'x-amz-version-id': version.versionId };
      return { status: 200, headers: { ...headers, ...checksumHeaders(version) } };
    },

    GetObject(call: S3Call): S3Answer {
      const answer = describe(store, call);
      if (answer.status === 304) return answer;
      return { ...answer, body: readPieces(store, answer.version, answer.range) };
    },

    HeadObject: (call: S3Call): S3Answer => describe(store, call),

    GetObjectAttributes(call: S3Call): S3Answer {
      const version = findVersion(store, call);
      const wanted = new Set((call.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim()));
      const body = xmlDocument('GetObjectAttributesResponse', {
        ETag: wanted.has('ETag') ? version.etag : undefined,
        Checksum: wanted.has('Checksum') ? wholeChecksum(version) : undefined,
        ObjectParts: wanted.has('ObjectParts') && version.parts > 0 ? partPage(store, call, version) : undefined,
        StorageClass: wanted.has('StorageClass') ? 'STANDARD' : undefined,
        ObjectSize: wanted.has('ObjectSize') ? version.sizeBytes : undefined,
      });
      const { 'last-modified': modified = '', 'x-amz-version-id': versionId = '' } = versionHeaders(version);
      return { status: 200, headers: { 'last-modified': modified, 'x-amz-version-id': versionId }, body };
    },
  };
}

function findVersion(store: Store, call: S3Call): Version {
  const versionId = call.query.get('versionId');
  const version =
    versionId === undefined
      ? store.versions.newest(call.bucket.name, call.key)
      : store.versions.find(call.bucket.name, call.key, versionId);
  if (versionId !== undefined) {
    if (version === undefined) throw s3Error('NoSuchVersion', 'The specified version does not exist');
    if (version.deleteMarker) throw s3Error('MethodNotAllowed', 'The specified method is not allowed on a marker');
    return version;
  }
  if (version === undefined || version.deleteMarker) throw s3Error('NoSuchKey', 'The specified key does not exist');
  return version;
}

/** Status and headers of a GET or HEAD, with conditions and range applied. */
function describe(store: Store, call: S3Call): S3Answer & { version: Version; range: Range } {
  const version = findVersion(store, call);
  const matches = (header: string | undefined) =>
    header === '*' || (header ?? '').split(',').some((tag) => tag.trim().replaceAll('"', '') === version.etag);
  const ifMatch = call.header('if-match');
  if (ifMatch !== undefined && !matches(ifMatch)) {
    throw s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  const whole = { start: 0, end: version.sizeBytes };
  const headers = versionHeaders(version);
  const ifNoneMatch = call.header('if-none-match');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch)) return { status: 304, headers, version, range: whole };
  const range = parseRange(call.header('range'), version.sizeBytes);
  if (range !== undefined) {
    const part = {
      'content-length': `${range.end - range.start}`,
      'content-range': `bytes ${range.start}-${range.end - 1}/${version.sizeBytes}`,
    };
    return { status: 206, headers: { ...headers, ...part }, version, range };
  }
  const checksum = call.header('x-amz-checksum-mode') === 'ENABLED' ? checksumHeaders(version) : {};
  const length = { 'content-length': `${version.sizeBytes}` };
  return { status: 200, headers: { ...headers, ...checksum, ...length }, version, range: whole };
}

async function* readPieces(store: Store, version: Version, range: Range): AsyncGenerator<Uint8Array> {
  let pieceStart = 0;
  for (const piece of store.pieces.list(version.versionId)) {
    const start = Math.max(range.start, pieceStart) - pieceStart;
    const end = Math.min(range.end - pieceStart, piece.sizeBytes);
    if (start < end) yield* store.blobs.read(piece.blob, start, end);
    pieceStart += piece.sizeBytes;
  }
}

/** Here S3 names a composite checksum without the number of its parts. */
function wholeChecksum({ algorithm, checksum, parts }: Version) {
  if (algorithm === null || checksum === null) return undefined;
  return {
    [checksumElement(algorithm)]: checksum.split('-')[0],
    ChecksumType: parts > 0 ? 'COMPOSITE' : 'FULL_OBJECT',
  };
}

function partPage(store: Store, call: S3Call, version: Version) {
  const limit = countOf(call.header('x-amz-max-parts'), MAX_PARTS);
  const after = countOf(call.header('x-amz-part-number-marker'), Number.MAX_SAFE_INTEGER, 0);
  const found = store.pieces.list(version.versionId, after, limit + 1);
  const page = found.slice(0, limit);
  return {
    PartsCount: version.parts,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? after,
    MaxParts: limit,
    IsTruncated: found.length > limit,
    Part: version.algorithm === null ? undefined : page.map((piece) => describePiece(piece, version)),
  };
}

function describePiece({ number, sizeBytes, checksum }: Piece, { algorithm }: Version) {
  const digest = algorithm === null || checksum === null ? {} : { [checksumElement(algorithm)]: checksum };
  return { ...digest, PartNumber: number, Size: sizeBytes };
}
