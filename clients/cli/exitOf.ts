import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import { ApiProblem } from '../../core/upload/ApiProblem.ts';
import { type Exit, exitCodes } from './exitCodes.ts';

/** Problems by code; any other one is temporary when it may pass, else unexpected. */
const exits: Record<string, Exit> = {
  RequestInvalid: 'usage',
  LimitExceeded: 'usage',
  SubmissionNotFound: 'usage',
  ManifestInvalid: 'usage',
  Unauthenticated: 'authentication',
  Forbidden: 'permission',
  ProjectNotFound: 'permission',
  StateConflict: 'conflict',
  LedgerConflict: 'conflict',
  ManifestMismatch: 'conflict',
  XnatConflict: 'conflict',
  LabelTaken: 'conflict',
  LabelIdentifies: 'refused',
  LabelUnproven: 'conflict',
  SessionUnclear: 'usage',
  StudyElsewhere: 'conflict',
  SessionExists: 'conflict',
  ScanTaken: 'conflict',
  UploadExpired: 'conflict',
  PartMissing: 'integrity',
  PartDigestMismatch: 'integrity',
  IntegrityMismatch: 'integrity',
  ArchiveMismatch: 'integrity',
  ArchiveAltered: 'integrity',
  ReceiptInvalid: 'integrity',
  CertificateInvalid: 'integrity',
  ChainBroken: 'integrity',
  ReceiptNotReady: 'temporary',
  CertificateNotReady: 'temporary',
  // refused three times with a fresh signature each: a clock that is wrong, or a proxy that alters requests
  StorageRefused: 'configuration',
};

/** A refusal of the command line itself. */
export function refusal(exit: Exit, message: string): Error {
  return Object.assign(new Error(message), { exit });
}

/** What a code of a catalogue comes to, where no answer of the service carries it. */
export const exitNameOf = (code: string): Exit => exits[code] ?? 'unexpected';

/** The exit code that an error stands for. */
export function exitOf(error: unknown): number {
  if (!(error instanceof Error)) return exitCodes.unexpected;
  if ('exit' in error) return exitCodeNamed(error.exit);
  if (error.name === 'AbortError') return exitCodes.interrupted;
  if (error instanceof ApiProblem)
    return exitCodes[exits[error.code] ?? (error.retryable ? 'temporary' : 'unexpected')];
  if (DomainError.is(error)) return exitCodes[exits[error.name] ?? 'unexpected'];
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return exitCodes.usage;
  if ('syscall' in error) return exitCodes.local;
  return exitCodes.unexpected;
}

/** The exit code of a submission that rests; one that is still under way has reached what was asked. */
export function exitOfSubmission({ state, outcome }: Pick<SubmissionView, 'state' | 'outcome'>): number {
  switch (state) {
    case 'held':
      return exitCodes.held;
    case 'rejected':
      return exitCodes.refused;
    case 'failed':
    case 'withdrawn':
    case 'expired':
      return exitCodes.failed;
    case 'archived':
      return outcome !== undefined && outcome.held + outcome.refused > 0 ? exitCodes.partial : exitCodes.archived;
    default:
      return exitCodes.archived;
  }
}

function exitCodeNamed(exit: unknown): number {
  return Object.entries(exitCodes).find(([name]) => name === exit)?.[1] ?? exitCodes.unexpected;
}
