import type { ChainedEvent } from '../audit/AuditEvent.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { ArchiveLabels } from './ArchiveLabels.ts';
import type { Submission, UploadedObject } from './contracts/Submission.ts';
import type { WorkflowStep } from './contracts/states.ts';
import type { ReviewedScan, ReviewedSession } from './contracts/steps.ts';
import type { PrearchivedSession } from './PrearchivedSession.ts';
import type { Removal } from './Removal.ts';
import type { StandingPlace } from './StandingPlace.ts';

/** The types of what lies outside the core. Adapters implement them; one contract suite each runs on every adapter. */

/** A stream. A chunk but the first one may be valid only until the next is asked for: who keeps it copies it. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Half-open byte range. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredObject {
  sizeBytes: number;
  versionId: string;
  /** Base64, with `-<parts>` when composite; undefined when the object was stored without SHA-256. */
  checksumSha256: string | undefined;
}

export interface StoredPart {
  number: number;
  sizeBytes: number;
  /** Base64. */
  sha256: string;
}

/**
 * One bucket.
 * @throws DomainError ObjectMissing where a named object or version is absent, StorageUnavailable for faults
 */
export interface ObjectStore {
  head(key: string): Promise<StoredObject | undefined>;
  /**
   * Streams the object or a range of it, pinned to a version when given. Reads nothing ahead of its consumer. A range
   * ends at the object's end at the latest, and is empty when it starts there.
   */
  read(key: string, options?: { range?: ByteRange; versionId?: string }): Bytes;
  /** Writes small documents. `ifAbsent` keeps what is there and answers false when something is. */
  write(key: string, body: Uint8Array, options?: { ifAbsent?: boolean }): Promise<boolean>;
  /** Streams any length with bounded memory (multipart, SHA-256 per part). Overwrites. */
  writeStream(key: string, body: Bytes): Promise<StoredObject>;
  /** Deletes every version under a prefix, and has looked that none is left. */
  removeAll(prefix: string): Promise<void>;
  /** Keys under a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
}

/** The multipart side of the STAGING bucket, for the API alone. */
export interface UploadStore {
  /** A presigned single PUT, bound to exact size and SHA-256 (hex). */
  signPut(key: string, body: { sizeBytes: number; sha256: string }): Promise<SignedRequest>;
  beginUpload(key: string): Promise<string>;
  /** A presigned UploadPart, bound to exact size and SHA-256 (base64). */
  signPart(upload: { key: string; uploadId: string }, part: StoredPart): Promise<SignedRequest>;
  /** @throws DomainError ObjectMissing when the upload is complete or gone */
  listParts(upload: { key: string; uploadId: string }): Promise<StoredPart[]>;
  /** Drops the parts of an upload that was never completed; one that is gone is gone. */
  abortUpload(upload: { key: string; uploadId: string }): Promise<void>;
  /**
   * Completes from the stored parts; repeated, it answers the same.
   * @throws DomainError UploadExpired, PartMissing, PartDigestMismatch, RequestInvalid (a part but the last below S3's 5 MiB)
   */
  completeUpload(upload: { key: string; uploadId: string }, parts: StoredPart[]): Promise<StoredObject>;
}

/** What the client sends as it is: any change breaks the signature. */
export interface SignedRequest {
  method: 'PUT';
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
}

/** A submission after a change, with the event that explains it; the event's hash is the new chain head. */
export interface LedgerChange {
  next: Submission;
  event: ChainedEvent;
}

/**
 * Submissions, their events and their objects. A change and its event are written in one transaction, under the
 * condition that the chain head is the one the change was made from.
 * @throws DomainError LedgerConflict when another writer was first
 */
export interface Ledger {
  create(change: LedgerChange): Promise<void>;
  /** `change.event.seq` and `.prev` name the head that must still stand. */
  commit(change: LedgerChange): Promise<void>;
  get(submission: string): Promise<Submission | undefined>;
  /** Newest first. `cursor` is opaque. */
  list(query: { site: string; limit: number; cursor?: string }): Promise<{ items: Submission[]; cursor?: string }>;
  /** Submissions in a state, of all sites, in the order of `placeInState`, whose places lie between two: read page by page. */
  listByState(state: Submission['state'], range?: { after?: string; before?: string }): AsyncIterable<Submission>;
  /** All events of a submission, in order. */
  events(submission: string): Promise<ChainedEvent[]>;
  /** Records an object once: answers the record that stands, which may be an earlier one. */
  openObject(submission: string, object: UploadedObject): Promise<UploadedObject>;
  closeObject(submission: string, object: UploadedObject & Required<Pick<UploadedObject, 'stored'>>): Promise<void>;
  getObject(submission: string, object: string): Promise<UploadedObject | undefined>;
  /** In the order of their ids. */
  listObjects(submission: string): Promise<UploadedObject[]>;
}

/** A value and how often it was written; version 0 has no value. */
export interface Register {
  version: number;
  /** JSON. */
  value: unknown;
}

/**
 * Small values that all executions share: whose turn it is, whether XNAT answers.
 * @throws DomainError StorageUnavailable
 */
export interface Registers {
  read(name: string): Promise<Register>;
  /** Writes when `version` is the one that stands, and makes it the next; false when another was first. */
  swap(name: string, register: Register): Promise<boolean>;
}

/** Step Functions. */
export interface Executions {
  /** Starting the same attempt twice is one start. */
  start(execution: { submission: string; attempt: number; resumeFrom: WorkflowStep }): Promise<void>;
  /** `absent` also when the execution is forgotten: on one machine executions end with the process. */
  status(execution: { submission: string; attempt: number }): Promise<'running' | 'ended' | 'absent'>;
}

/** Ed25519 over the exact bytes. */
export interface Signer {
  /** DER SubjectPublicKeyInfo, base64. */
  publicKey(): Promise<string>;
  /** Base64. */
  sign(bytes: Uint8Array): Promise<string>;
}

/** The keyed mapping of one project; 32 bytes, derived from the deployment's secret. Never logged, never stored. */
export interface ProjectKeys {
  of(project: string): Promise<Uint8Array>;
}

export interface Policies {
  get(project: string): ProjectPolicy | undefined;
}

/** One file as XNAT lists it. */
export interface ArchivedFile {
  /** Path within the resource. */
  name: string;
  sizeBytes: number;
  /** Hex; undefined where the site computes no digests. */
  md5: string | undefined;
  /** XNAT's address, relative to its root: /data/experiments/…/files/… */
  uri: string;
}

/**
 * XNAT by its resource route. Every call is safe to repeat.
 * @throws DomainError XnatUnavailable (5xx, network, timeouts), XnatRefused (401, 403, 4xx), XnatConflict
 */
export interface Archive extends ArchiveLabels {
  /** What stands where a session is to go, by its label and by its study. Changes nothing. */
  lookUp(target: SessionPlace): Promise<StandingPlace>;
  /**
   * Creates subject, session, scan and resource where they are absent: the DICOM of a scan, or another resource of it, of
   * its session, its subject or its project.
   * @throws DomainError XnatConflict when the session label belongs to another subject or holds another study UID
   */
  ensureScan(target: { xnatProject: string; session: ReviewedSession; scan: ReviewedScan }): Promise<void>;
  /** Files of the resource, those of others too; empty when there is none. */
  listFiles(target: ScanTarget): Promise<ArchivedFile[]>;
  /** Unpacks a ZIP into the resource, byte by byte, replacing equal names. */
  putPack(target: ScanTarget, pack: { name: string; body: Bytes }): Promise<void>;
  /** Lets XNAT read scan metadata from the stored headers. */
  readHeaders(target: ScanTarget): Promise<void>;
  /** Digest of a stored file by download, where the listing has none. */
  digestFile(uri: string): Promise<{ sizeBytes: number; md5: string; sha256: string }>;
  /** XNAT's address of the session, relative to its root. */
  sessionUri(target: SessionTarget): Promise<string>;
  /** Sessions of this label and study in the project's prearchive. */
  listPrearchived(target: SessionTarget): Promise<PrearchivedSession[]>;
  /**
   * Gives a ZIP of DICOM files to XNAT's import service, which puts them into the project's prearchive. It writes the
   * files again: their names and instances stay, their digests change. What is there under equal names is replaced.
   * @throws DomainError XnatRefused also when XNAT put them elsewhere, or dropped all of them
   */
  importPack(target: ScanTarget, pack: { body: Bytes }): Promise<void>;
  /**
   * Has a session in the prearchive archived, and waits for it.
   * @param job names the work in XNAT's records
   * @throws DomainError XnatConflict when XNAT keeps it out, XnatUnavailable while it is not done
   */
  commit(session: { xnatProject: string; uri: string }, job: string): Promise<void>;
  /** SOP Instance UIDs by file name, as the catalog of the scan's DICOM resource has them. */
  listInstances(target: ScanTarget): Promise<Map<string, string>>;
  /** A file of the session's resource AIRLOCK, by download; undefined where it is absent. `session` is XNAT's address. */
  findRecord(session: string, name: string): Promise<{ sizeBytes: number; md5: string } | undefined>;
  /**
   * Unpacks a ZIP into that resource, which is made where it is absent, replacing equal names: XNAT may hold a file that
   * its catalog misses, so who must not replace looks first.
   */
  putRecord(session: string, pack: Bytes): Promise<void>;
  /** Fields of a session that have a value: `note`, `acquisition_site` and custom variables. `session` is XNAT's address. */
  readFields(session: string): Promise<Record<string, string>>;
  /** Sets fields of a session, and no others. */
  writeFields(session: string, fields: Record<string, string>): Promise<void>;
  /** Signs out when the work is done. Never fails, and the next call signs in again. */
  end(): Promise<void>;
}

/** Labels in a project, and a study. */
export interface SessionPlace {
  xnatProject: string;
  session: Pick<ReviewedSession, 'subject' | 'session' | 'study'>;
}

export interface SessionTarget extends SessionPlace {
  session: ReviewedSession;
}

export interface ScanTarget extends SessionTarget {
  scan: ReviewedScan;
}

/** One running digest; `hex` ends it. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  hex(): string;
}

/** Bulk digests and compression: node:crypto and node:zlib in Lambda and CLI, Web APIs or wasm in the browser. */
export interface Codecs {
  sha256(): Hasher;
  md5(): Hasher;
  /** CRC-32 as ZIP uses it; pass the previous value to go on. */
  crc32(chunk: Uint8Array, previous?: number): number;
  /** Raw deflate data out and in, streamed. */
  inflateRaw(body: Bytes): Bytes;
  deflateRaw(body: Bytes): Bytes;
}

export interface Clock {
  /** ISO 8601 in UTC with milliseconds. */
  now(): string;
  sleep(milliseconds: number): Promise<void>;
}

export interface Ids {
  /** `sub_` and a ULID. */
  submission(): string;
}

/** Hands out a receipt that is too large for an answer of the API. */
export interface ReceiptLinks {
  /** A presigned GET of an object in the AUDIT bucket. */
  sign(key: string): Promise<string>;
}

/** Where callers sign in. */
interface SignIn {
  issuer: string;
  clientId: string;
  scopes: string[];
}

/** All that a step or route may be given. */
export interface Ports {
  staging: ObjectStore;
  work: ObjectStore;
  clean: ObjectStore;
  quarantine: ObjectStore;
  audit: ObjectStore;
  uploads: UploadStore;
  ledger: Ledger;
  registers: Registers;
  executions: Executions;
  archive: Archive;
  removal: Removal;
  signer: Signer;
  projectKeys: ProjectKeys;
  policies: Policies;
  receiptLinks: ReceiptLinks;
  signIn: SignIn;
  codecs: Codecs;
  clock: Clock;
  ids: Ids;
}
