import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** Parts in flight of one Lambda, with room for reads beside them. */
const MAX_SOCKETS = 64;
const CONNECT_MS = 3000;
/** A socket over which nothing moves is dead, but a reader may pause while XNAT takes what it was given. */
const IDLE_MS = 5 * 60_000;

/**
 * An S3 client whose checksums are ours: unless told so the SDK adds a CRC-32 to each put, and that of an empty body
 * to each presigned URL. Region, credentials and AWS_ENDPOINT_URL_S3 are read by the SDK itself when not given; an
 * endpoint with an IP address is addressed by path.
 */
export function s3Client(config: Pick<S3ClientConfig, 'region' | 'credentials' | 'endpoint'> = {}): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new S3Client({
    ...config,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
