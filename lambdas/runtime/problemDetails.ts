import { type DicomFaultCode, dicomFaults } from '../../core/dicom/dicomFaults.ts';
import { type DomainErrorCode, errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import type { Problem } from '../../core/submission/contracts/api.ts';
import type { Issue } from './issuesOf.ts';

/** The HTTP status of every refusal; those that only the pipeline raises answer 500 should one ever reach the API. */
const statuses: Record<Exclude<DomainErrorCode, DicomFaultCode>, number> = {
  RequestInvalid: 400,
  Unauthenticated: 401,
  Forbidden: 403,
  RouteNotFound: 404,
  SubmissionNotFound: 404,
  ProjectNotFound: 404,
  ReceiptNotReady: 404,
  CertificateNotReady: 404,
  StateConflict: 409,
  LedgerConflict: 409,
  LimitExceeded: 413,
  ManifestInvalid: 422,
  ManifestMissing: 409,
  ManifestMismatch: 409,
  ObjectNotFound: 404,
  ObjectMissing: 409,
  UploadExpired: 410,
  PartMissing: 409,
  PartDigestMismatch: 409,
  PackInvalid: 422,
  BatchIncomplete: 500,
  PolicyInvalid: 500,
  PolicyChanged: 409,
  IntegrityMismatch: 500,
  ResidualIdentifier: 500,
  XnatUnavailable: 503,
  XnatBusy: 503,
  XnatPaused: 503,
  XnatUncommitted: 503,
  XnatRefused: 502,
  XnatConflict: 409,
  LabelTaken: 409,
  LabelUnproven: 409,
  SessionUnclear: 409,
  ArchiveAltered: 409,
  StudyElsewhere: 409,
  SessionExists: 409,
  ScanTaken: 409,
  ArchiveMismatch: 500,
  StorageUnavailable: 503,
  UnexpectedFault: 500,
  TransferSyntaxUnknown: 422,
  IdentityIncomplete: 422,
  DicomDirectory: 422,
  PixelsNotCleanable: 422,
  NotDeidentifiable: 422,
  RemovalIncomplete: 500,
  ReceiptInvalid: 422,
  CertificateInvalid: 422,
  ChainBroken: 500,
};

const isDicomFault = (code: DomainErrorCode): code is DicomFaultCode => Object.hasOwn(dicomFaults, code);
const statusOf = (code: DomainErrorCode) => (isDicomFault(code) ? 422 : statuses[code]);

/** RFC 9457. `detail` is a DomainError's message, which is safe by rule. */
export function problemDetails(refusal: {
  code: DomainErrorCode;
  detail: string;
  issues: Issue[] | undefined;
}): Problem {
  const { meaning, retryable } = errorCatalogue[refusal.code];
  return {
    type: `urn:airlock:problem:${refusal.code}`,
    title: meaning,
    status: statusOf(refusal.code),
    code: refusal.code,
    detail: refusal.detail,
    retryable,
    ...(refusal.issues !== undefined && { issues: refusal.issues }),
  };
}
