import type { Store } from './openStore.ts';
import { countOf, type S3Answer, type S3Call } from './s3Call.ts';
import { s3Error } from './s3Error.ts';
import type { Version } from './versions.ts';
import { xmlDocument } from './xml.ts';

const PAGE = 1000;

/** HeadBucket, ListObjectsV2, ListObjectVersions, ListMultipartUploads. */
export function listRoutes(store: Store) {
  return {
    HeadBucket: (): S3Answer => ({ status: 200 }),

    ListObjectsV2({ bucket, query }: S3Call): S3Answer {
      const limit = countOf(query.get('max-keys'), PAGE);
      const token = query.get('continuation-token');
      const after = token === undefined ? query.get('start-after') : Buffer.from(token, 'base64url').toString();
      const prefix = query.get('prefix') ?? '';
      const found = store.versions.listLatest({ bucket: bucket.name, prefix, after: after ?? '', limit: limit + 1 });
      const page = found.slice(0, limit);
      const truncated = found.length > limit && page.length > 0;
      const body = xmlDocument('ListBucketResult', {
        Name: bucket.name,
        Prefix: prefix,
        KeyCount: page.length,
        MaxKeys: limit,
        IsTruncated: truncated,
        ContinuationToken: token,
        NextContinuationToken: truncated ? Buffer.from(page.at(-1)?.key ?? '').toString('base64url') : undefined,
        StartAfter: query.get('start-after'),
        Contents: page.map(describeVersion),
      });
      return { status: 200, body };
    },

    /** A version marker is our own sequence number, so that it holds when the version it names is deleted. */
    ListObjectVersions({ bucket, query }: S3Call): S3Answer {
      const limit = countOf(query.get('max-keys'), PAGE);
      const prefix = query.get('prefix') ?? '';
      const key = query.get('key-marker') ?? '';
      const seq = countOf(query.get('version-id-marker'), Number.MAX_SAFE_INTEGER, 0);
      const found = store.versions.listAll({ bucket: bucket.name, prefix, key, seq, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const described = page.map((version, index) => ({
        deleteMarker: version.deleteMarker,
        element: {
          ...(version.deleteMarker ? describeMarker(version) : describeVersion(version)),
          VersionId: version.versionId,
          IsLatest: version.key !== (index === 0 ? key : page[index - 1]?.key),
        },
      }));
      const body = xmlDocument('ListVersionsResult', {
        Name: bucket.name,
        Prefix: prefix,
        KeyMarker: key,
        VersionIdMarker: query.get('version-id-marker'),
        MaxKeys: limit,
        IsTruncated: last !== undefined,
        NextKeyMarker: last?.key,
        NextVersionIdMarker: last?.seq,
        Version: described.filter((item) => !item.deleteMarker).map((item) => item.element),
        DeleteMarker: described.filter((item) => item.deleteMarker).map((item) => item.element),
      });
      return { status: 200, body };
    },

    ListMultipartUploads({ bucket, query }: S3Call): S3Answer {
      const limit = countOf(query.get('max-uploads'), PAGE);
      const prefix = query.get('prefix') ?? '';
      const key = query.get('key-marker') ?? '';
      const uploadId = query.get('upload-id-marker') ?? '';
      if (uploadId !== '' && key === '') throw s3Error('InvalidArgument', 'upload-id-marker needs key-marker');
      const found = store.uploads.list({ bucket: bucket.name, prefix, key, uploadId, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const body = xmlDocument('ListMultipartUploadsResult', {
        Bucket: bucket.name,
        KeyMarker: key,
        UploadIdMarker: uploadId,
        Prefix: prefix,
        MaxUploads: limit,
        IsTruncated: last !== undefined,
        NextKeyMarker: last?.key,
        NextUploadIdMarker: last?.uploadId,
        Upload: page.map((upload) => ({
          Key: upload.key,
          UploadId: upload.uploadId,
          Initiated: new Date(upload.createdMs).toISOString(),
          StorageClass: 'STANDARD',
          ChecksumAlgorithm: upload.algorithm ?? undefined,
        })),
      });
      return { status: 200, body };
    },
  };
}

function describeMarker({ key, createdMs }: Version) {
  return { Key: key, LastModified: new Date(createdMs).toISOString() };
}

function describeVersion(version: Version) {
  return {
    ...describeMarker(version),
    ETag: `"${version.etag}"`,
    Size: version.sizeBytes,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: version.algorithm ?? undefined,
  };
}
