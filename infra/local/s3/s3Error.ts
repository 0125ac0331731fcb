/** S3's error codes that this server answers with, and their statuses (Amazon S3 API Reference, "Error responses"). */
const statuses = {
  AccessDenied: 403,
  AccessForbidden: 403,
  AuthorizationHeaderMalformed: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;
type S3ErrorCode = keyof typeof statuses;

/** An error whose name is the S3 error code. Its message goes to the client and names no key. */
export function s3Error(code: S3ErrorCode, message: string): Error {
  const error = new Error(message);
  error.name = code;
  return error;
}

/** Code, status and message to answer with; whatever is no S3 error is an InternalError that says nothing. */
export function describeS3Error(error: unknown): { code: S3ErrorCode; status: number; message: string } {
  if (error instanceof Error && isS3ErrorCode(error.name)) {
    return { code: error.name, status: statuses[error.name], message: error.message };
  }
  return { code: 'InternalError', status: statuses.InternalError, message: 'The server failed' };
}

function isS3ErrorCode(name: string): name is S3ErrorCode {
  return Object.hasOwn(statuses, name);
}
