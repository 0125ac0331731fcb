import * as z from 'zod';

/** One rule of a bucket's CORS configuration. Origins and headers may hold one `*` each, as in S3. */
export const CorsRule = z.object({
  allowedOrigins: z.array(z.string()),
  allowedMethods: z.array(z.string()),
  allowedHeaders: z.array(z.string()).optional(),
  exposeHeaders: z.array(z.string()).optional(),
  maxAgeSeconds: z.int().optional(),
});
export type CorsRule = z.infer<typeof CorsRule>;

export const BucketOptions = z.object({
  name: z.string(),
  /** Default retention in COMPLIANCE mode: until it ends nobody can delete a version. */
  objectLockDays: z.number().positive().optional(),
  corsRules: z.array(CorsRule).optional(),
  /** Whether new objects are reported to `onObjectCreated`. */
  notify: z.boolean(),
});
export type BucketOptions = z.infer<typeof BucketOptions>;

/** What the server is started with; plain data, so that it can travel to another process. Port 0 takes a free one. */
export const S3Options = z.object({
  dataDir: z.string(),
  port: z.int(),
  region: z.string(),
  credentials: z.array(z.object({ accessKeyId: z.string(), secretAccessKey: z.string() })),
  buckets: z.array(BucketOptions),
});
export type S3Options = z.infer<typeof S3Options>;

/** A version came into being, by PutObject or CompleteMultipartUpload. */
export const ObjectCreated = z.object({
  bucket: z.string(),
  key: z.string(),
  sizeBytes: z.number(),
  versionId: z.string(),
  etag: z.string(),
  /** Hexadecimal; of two events of one key the later has the greater one. */
  sequencer: z.string(),
});
export type ObjectCreated = z.infer<typeof ObjectCreated>;

/** How often each operation was asked for since the start, refused requests included. */
export const RequestCounts = z.record(z.string(), z.number());
export type RequestCounts = z.infer<typeof RequestCounts>;

export interface S3Server {
  /** `http://127.0.0.1:<port>`: with an address as host the SDK addresses buckets by path. */
  url: string;
  counts(): Promise<RequestCounts>;
  stop(): Promise<void>;
}
