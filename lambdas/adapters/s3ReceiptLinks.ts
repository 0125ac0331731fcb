import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ReceiptLinks } from '../../core/submission/ports.ts';

interface LinkOptions {
  client: S3Client;
  bucket: string;
  urlSeconds: number;
}

/** Presigned GETs of the AUDIT bucket. A client must not send its token along: S3 takes one kind of proof a request. */
export function s3ReceiptLinks({ client, bucket, urlSeconds }: LinkOptions): ReceiptLinks {
  return {
    sign: (key) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: urlSeconds,
      }),
  };
}
