import type { CreateSubmissionBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import type { FilesSummary } from '../../core/upload/summarizeFiles.ts';
import type { UploadEvent } from '../../core/upload/uploadSubmission.ts';
import type { PlainProblem } from '../words/plainProblem.ts';

/** A file and where it lies below the chosen folder, with `/`. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** What the page asks of the worker. */
export type ToWorker =
  | { kind: 'inspect'; files: ChosenFile[] }
  /** Arrange the inspected files; `dicomOnly` leaves all others on this computer. */
  | { kind: 'plan'; dicomOnly: boolean }
  | { kind: 'send'; origin: string; target: CreateSubmissionBody | { resume: string } }
  | { kind: 'pause' }
  /** Answers `tokenWanted`; without a token the person has to sign in again. */
  | { kind: 'token'; token: string | undefined };

export interface ReadingProgress {
  files: number;
  ofFiles: number;
  bytes: number;
  ofBytes: number;
}

/** The upload as it would be sent. */
export interface PlannedUpload {
  dicomOnly: boolean;
  manifestSha256: string;
  files: number;
  /** Bytes on the wire: files and what packs add. */
  bytes: number;
}

/** What the worker tells the page. */
export type FromWorker =
  | { kind: 'inspecting'; progress: ReadingProgress }
  | { kind: 'inspected'; summary: FilesSummary }
  | { kind: 'planned'; plan: PlannedUpload }
  | { kind: 'tokenWanted'; renew: boolean }
  | { kind: 'event'; event: UploadEvent }
  /** `paths` in the order of the manifest: what the receipt calls files by number. */
  | { kind: 'committed'; submission: SubmissionView; paths: string[] }
  | { kind: 'paused' }
  | { kind: 'failed'; problem: PlainProblem };
