import { checksumElement, checksumHeader, parseAlgorithm } from './checksums.ts';
import { completeUpload } from './completeUpload.ts';
import type { Store } from './openStore.ts';
import { countOf, type S3Answer, type S3Call } from './s3Call.ts';
import { s3Error } from './s3Error.ts';
import type { Upload } from './uploads.ts';
import { headersToStore } from './versionHeaders.ts';
import { xmlDocument } from './xml.ts';

/** S3's own limits. */
const MAX_PART_NUMBER = 10_000;
const PAGE = 1000;

/** CreateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload, AbortMultipartUpload. */
export function uploadRoutes(store: Store) {
  const uploadOf = ({ bucket, key, query }: S3Call) => store.uploads.get(query.get('uploadId') ?? '', bucket.name, key);
  return {
    CreateMultipartUpload(call: S3Call): S3Answer {
      const named = call.header('x-amz-checksum-algorithm');
      const algorithm = named === undefined ? null : parseAlgorithm(named);
      // a checksum over the whole object is all that CRC64NVME has in S3; nothing here asks for one
      const type = call.header('x-amz-checksum-type') ?? 'COMPOSITE';
      if (algorithm === undefined || algorithm === 'CRC64NVME' || type !== 'COMPOSITE') {
        throw s3Error('NotImplemented', 'This checksum is not implemented for multipart uploads');
      }
      const { bucket, key } = call;
      const target = { bucket: bucket.name, key, algorithm, headers: headersToStore(call), createdMs: store.nowMs() };
      const uploadId = store.index.transaction(() => store.uploads.begin(target));
      const headers: Record<string, string> =
        algorithm === null ? {} : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type };
      const body = { Bucket: bucket.name, Key: key, UploadId: uploadId };
      return { status: 200, headers, body: xmlDocument('InitiateMultipartUploadResult', body) };
    },

    async UploadPart(call: S3Call): Promise<S3Answer> {
      const number = Number(call.query.get('partNumber'));
      if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
        throw s3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
      }
      const { algorithm } = uploadOf(call);
      const body = call.body();
      if (algorithm !== null && body.algorithm !== algorithm) {
        throw s3Error(
          'InvalidRequest',
          `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}`,
        );
      }
      const { part, replaced } = await store.keepBody(body, ({ checksum = null, ...written }) =>
        store.index.transaction(() => {
          // an abort or a completion may have come in while the bytes did
          const { uploadId } = uploadOf(call);
          const stored = { ...written, number, checksum, createdMs: store.nowMs() };
          return { part: stored, replaced: store.pieces.put(uploadId, stored) };
        }),
      );
      await store.blobs.remove(replaced);
      const checksum = body.algorithm === undefined ? {} : { [checksumHeader(body.algorithm)]: part.checksum ?? '' };
      return { status: 200, headers: { etag: `"${part.blob}"`, ...checksum } };
    },

    ListParts(call: S3Call): S3Answer {
      const upload = uploadOf(call);
      const limit = countOf(call.query.get('max-parts'), PAGE);
      const after = countOf(call.query.get('part-number-marker'), MAX_PART_NUMBER, 0);
      const found = store.pieces.list(upload.uploadId, after, limit + 1);
      const page = found.slice(0, limit);
      const body = xmlDocument('ListPartsResult', {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        PartNumberMarker: after,
        NextPartNumberMarker: page.at(-1)?.number ?? after,
        MaxParts: limit,
        IsTruncated: found.length > limit,
        StorageClass: 'STANDARD',
        ChecksumAlgorithm: upload.algorithm ?? undefined,
        ChecksumType: upload.algorithm === null ? undefined : 'COMPOSITE',
        Part: page.map((piece) => ({
          PartNumber: piece.number,
          LastModified: new Date(piece.createdMs).toISOString(),
          ETag: `"${piece.blob}"`,
          Size: piece.sizeBytes,
          ...checksumField(upload, piece.checksum),
        })),
      });
      return { status: 200, body };
    },

    CompleteMultipartUpload: (call: S3Call) => completeUpload(store, call),

    async AbortMultipartUpload(call: S3Call): Promise<S3Answer> {
      const blobs = store.index.transaction(() => store.uploads.abort(uploadOf(call).uploadId));
      await store.blobs.remove(blobs);
      return { status: 204 };
    },
  };
}

function checksumField({ algorithm }: Upload, checksum: string | null): Record<string, string> {
  return algorithm === null || checksum === null ? {} : { [checksumElement(algorithm)]: checksum };
}
