import { type ChecksumAlgorithm, checksumElement, checksumHeader, compositeChecksum } from './checksums.ts';
import type { Store } from './openStore.ts';
import { childText, parseXml, type XmlElement } from './parseXml.ts';
import type { Piece } from './pieces.ts';
import { readDocument } from './receiveBody.ts';
import type { S3Answer, S3Call } from './s3Call.ts';
import { s3Error } from './s3Error.ts';
import type { Version } from './versions.ts';
import { xmlDocument } from './xml.ts';

/** S3: every part but the last has at least 5 MiB. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
/** 10,000 parts with number, ETag and checksum have about 2.5 MB. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/**
 * CompleteMultipartUpload: the listed parts become the version, as they lie; parts that are not listed go.
 * @throws InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest, PreconditionFailed, NoSuchUpload
 */
export async function completeUpload(store: Store, call: S3Call): Promise<S3Answer> {
  const { bucket, key } = call;
  const uploadId = call.query.get('uploadId') ?? '';
  const document = await readDocument(call.body({ checksumOfBody: false }), MAX_DOCUMENT_BYTES);
  const listed = parseXml(document, 'CompleteMultipartUpload').children.filter((child) => child.name === 'Part');
  const condition = { ifMatch: call.header('if-match'), ifNoneMatch: call.header('if-none-match') };
  const lockedUntilMs = store.lockedUntilMs(bucket);
  const durable = lockedUntilMs > 0;
  if (durable) for (const piece of store.pieces.list(uploadId)) await store.blobs.flush(piece.blob);
  const { version, dropped } = store.index.transaction(
    () => {
      const upload = store.uploads.get(uploadId, bucket.name, key);
      const stored = new Map(store.pieces.list(uploadId).map((piece) => [piece.number, piece]));
      const parts = matchParts(listed, stored, upload.algorithm ?? undefined);
      const checksum = checksumOf(parts, upload.algorithm ?? undefined);
      const sizeBytes = parts.reduce((total, part) => total + part.sizeBytes, 0);
      requireAnnounced(call, { sizeBytes, checksum, algorithm: upload.algorithm });
      store.versions.requireCondition(bucket.name, key, condition);
      store.uploads.end(uploadId);
      const content = { sizeBytes, etag: `${uploadId}-${parts.length}`, parts: parts.length, checksum };
      const time = { createdMs: store.nowMs(), lockedUntilMs };
      return {
        version: store.versions.add({ ...upload, ...content, ...time, versionId: uploadId, deleteMarker: false }),
        dropped: store.pieces.keepOnly(uploadId, new Set(parts.map((part) => part.number))),
      };
    },
    { durable },
  );
  await store.blobs.remove(dropped);
  store.reportCreated(bucket, version);
  return { status: 200, headers: { 'x-amz-version-id': version.versionId }, body: describeCompletion(version) };
}

function matchParts(
  listed: XmlElement[],
  stored: Map<number, Piece>,
  algorithm: ChecksumAlgorithm | undefined,
): Piece[] {
  if (listed.length === 0) throw s3Error('MalformedXML', 'You must list at least one part');
  const parts = listed.map((element) => {
    const piece = stored.get(Number(childText(element, 'PartNumber')));
    const etag = childText(element, 'ETag')?.replaceAll('"', '');
    const checksum = algorithm === undefined ? undefined : childText(element, checksumElement(algorithm));
    if (algorithm !== undefined && checksum === undefined) {
      throw s3Error('InvalidRequest', `The upload was created using a ${algorithm} checksum: wanted in every part`);
    }
    const sameChecksum = algorithm === undefined || piece?.checksum === checksum;
    if (piece === undefined || piece.blob !== etag || !sameChecksum) {
      throw s3Error('InvalidPart', 'One or more of the specified parts could not be found');
    }
    return piece;
  });
  const misplaced = parts.some((part, index) => index > 0 && part.number <= (parts[index - 1]?.number ?? 0));
  if (misplaced) throw s3Error('InvalidPartOrder', 'The list of parts was not in ascending order');
  if (parts.slice(0, -1).some((part) => part.sizeBytes < MIN_PART_BYTES)) {
    throw s3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed object size');
  }
  return parts;
}

function checksumOf(parts: Piece[], algorithm: ChecksumAlgorithm | undefined): string | null {
  if (algorithm === undefined) return null;
  return compositeChecksum(
    algorithm,
    parts.map((part) => part.checksum ?? ''),
  );
}

function requireAnnounced(
  call: S3Call,
  {
    sizeBytes,
    checksum,
    algorithm,
  }: { sizeBytes: number; checksum: string | null; algorithm: ChecksumAlgorithm | null },
): void {
  const announcedBytes = call.header('x-amz-mp-object-size');
  if (announcedBytes !== undefined && Number(announcedBytes) !== sizeBytes) {
    throw s3Error('InvalidRequest', 'The provided x-amz-mp-object-size does not match the uploaded parts');
  }
  const announced = algorithm === null ? undefined : call.header(checksumHeader(algorithm));
  if (announced !== undefined && announced !== checksum && announced !== checksum?.split('-')[0]) {
    throw s3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum`);
  }
}

function describeCompletion({ bucket, key, etag, algorithm, checksum }: Version): string {
  const digest =
    algorithm === null ? {} : { [checksumElement(algorithm)]: checksum ?? undefined, ChecksumType: 'COMPOSITE' };
  return xmlDocument('CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: `"${etag}"`, ...digest });
}
