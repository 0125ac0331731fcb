import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Bytes, ObjectStore, StoredObject } from '../../core/submission/ports.ts';
import { askS3, s3ErrorName, s3Fault } from './s3Fault.ts';
import { s3WriteStream } from './s3WriteStream.ts';

/** S3 answers 409 to a conditional write while another of the same key is under way. */
const CONFLICT_TRIES = 5;
const CONFLICT_PAUSE_MS = 100;

type ReadOptions = NonNullable<Parameters<ObjectStore['read']>[1]>;

/**
 * The ObjectStore port on one bucket of S3. Its client comes from `s3Client`, so that no checksum is computed beside
 * ours. @throws DomainError ObjectMissing, StorageUnavailable
 */
export function s3ObjectStore({ client, bucket }: { client: S3Client; bucket: string }): ObjectStore {
  return {
    head: (key) => headObject({ client, bucket, key }),
    read: (key, options = {}) => readObject({ client, bucket, key }, options),

    async write(key, body, { ifAbsent = false } = {}) {
      const ChecksumSHA256 = createHash('sha256').update(body).digest('base64');
      const put = { Bucket: bucket, Key: key, Body: body, ChecksumSHA256 };
      if (ifAbsent) return await putIfAbsent(client, put);
      await askS3('Write an object', client.send(new PutObjectCommand(put)));
      return true;
    },

    writeStream: (key, body) => s3WriteStream({ client, bucket, key }, body),

    async removeAll(prefix) {
      for (;;) {
        // every page is the first one: what was listed before is gone, and the last one is empty
        const list = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix });
        const page = await askS3('List versions', client.send(list));
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        if (found.length === 0) return;
        await deleteVersions(client, bucket, found);
      }
    },

    async *list(prefix) {
      let token: string | undefined;
      do {
        const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
        const page = await askS3('List objects', client.send(list));
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
  };
}

/** The current version of a key; undefined when there is none. */
export async function headObject({
  client,
  bucket,
  key,
}: {
  client: S3Client;
  bucket: string;
  key: string;
}): Promise<StoredObject | undefined> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
    const { ContentLength: sizeBytes = 0, VersionId: versionId = 'null', ChecksumSHA256: checksumSha256 } = head;
    return { sizeBytes, versionId, checksumSha256 };
  } catch (error) {
    if (s3ErrorName(error) === 'NotFound') return undefined;
    throw s3Fault('Look up an object', error);
  }
}

async function* readObject(
  { client, bucket, key }: { client: S3Client; bucket: string; key: string },
  { range, versionId }: ReadOptions,
): Bytes {
  if (range !== undefined && range.start >= range.end) return;
  const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end - 1}`;
  try {
    const get = new GetObjectCommand({ Bucket: bucket, Key: key, Range, VersionId: versionId });
    const { Body } = await client.send(get);
    if (!(Body instanceof Readable)) throw new Error('Read an object: the body is no stream of Node');
    yield* Body;
  } catch (error) {
    // a range that starts at or after the end holds no byte
    if (s3ErrorName(error) === 'InvalidRange') return;
    throw s3Fault('Read an object', error);
  }
}

async function putIfAbsent(client: S3Client, put: ConstructorParameters<typeof PutObjectCommand>[0]): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      const name = s3ErrorName(error);
      if (name === 'PreconditionFailed') return false;
      if (name !== 'ConditionalRequestConflict' || tries === CONFLICT_TRIES) throw s3Fault('Write an object', error);
      await sleep(CONFLICT_PAUSE_MS * tries);
    }
  }
}

async function deleteVersions(
  client: S3Client,
  bucket: string,
  versions: Array<{ Key?: string | undefined; VersionId?: string | undefined }>,
): Promise<void> {
  const Objects = versions.map(({ Key = '', VersionId }) => ({ Key, VersionId }));
  const remove = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
  const { Errors = [] } = await askS3('Delete versions', client.send(remove));
  if (Errors.length === 0) return;
  const detail = `${Errors.length} of ${versions.length} versions stay: ${Errors[0]?.Code}`;
  throw new DomainError('StorageUnavailable', `Delete versions: ${detail}`);
}
