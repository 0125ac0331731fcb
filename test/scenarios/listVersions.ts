import { ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';

/** The keys of all versions in a bucket, in order. */
export async function listVersions(s3: S3Client, bucket: string): Promise<string[]> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  return Versions.map(({ Key = '' }) => Key);
}
