import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { SignedRequest, StoredObject, StoredPart, UploadStore } from '../../core/submission/ports.ts';
import { compositeSha256 } from './compositeSha256.ts';
import { askS3, s3ErrorName, s3Fault } from './s3Fault.ts';
import { headObject } from './s3ObjectStore.ts';

const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

interface UploadStoreOptions {
  client: S3Client;
  bucket: string;
  /** How long a URL holds; S3 ends it earlier with the credentials that signed it. */
  urlSeconds: number;
  now?: () => Date;
}

interface StoredPartWithTag extends StoredPart {
  etag: string | undefined;
}

/**
 * The UploadStore port on the staging bucket. A URL is bound to the body's size (a signed content-length, which every
 * client sends by itself) and digest (a signed header that the client must send as given; S3 compares the body).
 * @throws DomainError ObjectMissing when an upload is gone, UploadExpired, PartMissing, PartDigestMismatch, RequestInvalid (a part
 * below S3's 5 MiB), StorageUnavailable
 */
export function s3UploadStore({ client, bucket, urlSeconds, now = () => new Date() }: UploadStoreOptions): UploadStore {
  const sign = async (
    sha256: string,
    presign: (options: NonNullable<Parameters<typeof getSignedUrl>[2]>) => Promise<string>,
  ): Promise<SignedRequest> => {
    // a signature has whole seconds
    const signingDate = new Date(Math.floor(now().getTime() / 1000) * 1000);
    // in the query S3 would compare nothing; as a signed header it is the body's digest or a refusal
    const unhoistableHeaders = new Set([CHECKSUM_HEADER]);
    const url = await presign({ signingDate, expiresIn: urlSeconds, unhoistableHeaders });
    const expiresAt = new Date(signingDate.getTime() + urlSeconds * 1000).toISOString();
    return { method: 'PUT', url, headers: { [CHECKSUM_HEADER]: sha256 }, expiresAt };
  };

  const listTagged = async ({ key, uploadId }: { key: string; uploadId: string }): Promise<StoredPartWithTag[]> => {
    const parts: StoredPartWithTag[] = [];
    let marker: string | undefined;
    do {
      const list = new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker });
      const page = await askS3('List parts', client.send(list));
      for (const { PartNumber: number = 0, Size: sizeBytes = 0, ChecksumSHA256: sha256 = '', ETag } of page.Parts ??
        []) {
        parts.push({ number, sizeBytes, sha256, etag: ETag });
      }
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  };

  const complete = async (upload: { key: string; uploadId: string }, parts: StoredPart[]): Promise<StoredObject> => {
    const stored = new Map((await listTagged(upload)).map((part) => [part.number, part]));
    const Parts = parts.map((part) => {
      const { number: PartNumber, sha256: ChecksumSHA256, etag: ETag } = requireStored(part, stored.get(part.number));
      return { PartNumber, ChecksumSHA256, ETag };
    });
    const command = new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      IfNoneMatch: '*',
      MpuObjectSize: totalBytes(parts),
      MultipartUpload: { Parts },
    });
    const { VersionId = 'null' } = await client.send(command);
    return { sizeBytes: totalBytes(parts), versionId: VersionId, checksumSha256: digestOf(parts) };
  };

  /** What stands under the key after the upload is gone: the same content answers a repeated completion. */
  const requireStanding = async (key: string, parts: StoredPart[]): Promise<StoredObject> => {
    const object = await headObject({ client, bucket, key });
    if (object === undefined) {
      throw new DomainError('UploadExpired', 'Complete an upload: it is gone and no object stands, wanted its parts');
    }
    if (object.sizeBytes !== totalBytes(parts) || object.checksumSha256 !== digestOf(parts)) {
      throw new DomainError('PartDigestMismatch', 'Complete an upload: another object stands, wanted these parts');
    }
    return object;
  };

  return {
    signPut(key, { sizeBytes, sha256 }) {
      const digest = Buffer.from(sha256, 'hex').toString('base64');
      const put = { Bucket: bucket, Key: key, ContentLength: sizeBytes, ChecksumSHA256: digest };
      return sign(digest, (options) => getSignedUrl(client, new PutObjectCommand(put), options));
    },

    async beginUpload(key) {
      const create = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ChecksumAlgorithm: 'SHA256' });
      const { UploadId } = await askS3('Begin an upload', client.send(create));
      if (UploadId === undefined) throw new DomainError('StorageUnavailable', 'Begin an upload: no id, wanted one');
      return UploadId;
    },

    signPart({ key, uploadId }, { number, sizeBytes, sha256 }) {
      const target = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: number };
      const part = { ...target, ContentLength: sizeBytes, ChecksumSHA256: sha256 };
      return sign(sha256, (options) => getSignedUrl(client, new UploadPartCommand(part), options));
    },

    async listParts(upload) {
      const parts = await listTagged(upload);
      return parts.map(({ number, sizeBytes, sha256 }) => ({ number, sizeBytes, sha256 }));
    },

    async abortUpload({ key, uploadId }) {
      const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      await client.send(abort).catch((error: unknown) => {
        const fault = s3Fault('Abort an upload', error);
        if (fault.name !== 'ObjectMissing') throw fault;
      });
    },

    async completeUpload(upload, parts) {
      try {
        return await complete(upload, parts);
      } catch (error) {
        const name = DomainError.is(error) ? error.name : s3ErrorName(error);
        const isGone = name === 'ObjectMissing' || name === 'NotFound' || name === 'PreconditionFailed';
        if (isGone) return await requireStanding(upload.key, parts);
        throw completionFault(error);
      }
    },
  };
}

function requireStored(part: StoredPart, stored: StoredPartWithTag | undefined): StoredPartWithTag {
  if (stored === undefined) {
    throw new DomainError('PartMissing', `Complete an upload: part ${part.number} is not there, wanted every part`);
  }
  if (stored.sizeBytes !== part.sizeBytes || stored.sha256 !== part.sha256) {
    const message = `Complete an upload: part ${part.number} is stored with another digest or size than announced`;
    throw new DomainError('PartDigestMismatch', message);
  }
  return stored;
}

function completionFault(error: unknown): DomainError {
  const name = s3ErrorName(error);
  if (name === 'InvalidPart') {
    return new DomainError('PartMissing', 'Complete an upload: a part changed meanwhile', { cause: error });
  }
  if (name === 'EntityTooSmall' || name === 'InvalidPartOrder') {
    const message =
      'Complete an upload: parts are too small or out of order, wanted 5 MiB each but the last, ascending';
    return new DomainError('RequestInvalid', message, { cause: error });
  }
  return s3Fault('Complete an upload', error);
}

function totalBytes(parts: StoredPart[]): number {
  return parts.reduce((total, part) => total + part.sizeBytes, 0);
}

function digestOf(parts: StoredPart[]): string {
  return compositeSha256(parts.map((part) => part.sha256));
}
