import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';

const BucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

/** Every variable that a function of the system may be given. On one machine the same names hold local addresses. */
const Environment = z.object({
  STAGING_BUCKET: BucketName,
  WORK_BUCKET: BucketName,
  CLEAN_BUCKET: BucketName,
  QUARANTINE_BUCKET: BucketName,
  AUDIT_BUCKET: BucketName,
  /** A DynamoDB table, or `sqlite:/path`. */
  LEDGER_TABLE: z.string().min(3),
  STATE_MACHINE_ARN: z.string().startsWith('arn:'),
  /** A KMS key (id, ARN or alias), or `file:/path.pem` with a PKCS #8 Ed25519 key. */
  SIGNING_KEY_ID: z.string().min(1),
  /** A Secrets Manager secret, or `file:/path.json`. */
  DEID_SECRET_ID: z.string().min(1),
  XNAT_SECRET_ID: z.string().min(1),
  XNAT_REMOVAL_SECRET_ID: z.string().min(1),
  /** JSON array of project policies; a relative path starts at the function's own folder. */
  PROJECTS_FILE: z.string().min(1),
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string().min(1),
});

export type EnvironmentName = keyof z.infer<typeof Environment>;

/**
 * One variable, read when it is needed: a function has the variables of its own ports alone.
 * @throws DomainError UnexpectedFault when it is missing or malformed
 */
export function readEnvironment(name: EnvironmentName): string {
  const parsed = Environment.shape[name].safeParse(process.env[name]);
  if (parsed.success) return parsed.data;
  throw new DomainError('UnexpectedFault', `Cannot start: the variable ${name} is missing or malformed`);
}
