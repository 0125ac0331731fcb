import { createHash, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { appendEvent, openChain } from '../../core/audit/appendEvent.ts';
import { hashBytes } from '../../core/audit/hashJson.ts';
import type { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import {
  type CompleteObjectBody,
  CreateSubmissionBody,
  type PartAnnouncement,
  type PutManifestBody,
  type SignPartsBody,
} from '../../core/submission/contracts/api.ts';
import { isPack, ManifestLine } from '../../core/submission/contracts/Manifest.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import type { SubmissionState } from '../../core/submission/contracts/states.ts';
import { concat } from '../core/pack/streams.ts';
import { type OutcomeOf, sealReceipt } from './sealReceipt.ts';
import { unpack } from './unpack.ts';

interface Held {
  parts: Map<number, PartAnnouncement & { bytes: Uint8Array }>;
  complete: boolean;
}

export interface Case {
  submission: Submission;
  events: ChainedEvent[];
  manifest: Uint8Array | undefined;
  objects: Map<string, Held>;
  receipt?: SignedReceipt;
  arrived: Map<number, Uint8Array>;
}

export interface CaseOptions {
  /** What becomes of a file. */
  outcome?: OutcomeOf;
  /** Where the workflow ends. */
  end?: { state: 'held' | 'rejected' | 'failed'; reason: string };
}

type StorageAnswer = { status: number; body?: string };

const actor = { kind: 'system', id: 'pipeline' } as const;

/** Submissions in memory, held to the contract: parts by signed digest and size, files by the manifest after a reading of the packs. */
export function memoryCases(options: CaseOptions, origin: () => string) {
  const cases = new Map<string, Case>();
  const created = new Map<string, Case>();
  const keys = generateKeyPairSync('ed25519');
  const receiptKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const stored = { bytes: 0 };

  function create(body: unknown, key: string | undefined): Case {
    const earlier = key === undefined ? undefined : created.get(key);
    if (earlier !== undefined) return earlier;
    const asked = CreateSubmissionBody.parse(body);
    if (asked.project === 'FORBIDDEN') throw new DomainError('Forbidden', 'Cannot create: the role is missing');
    if (asked.project !== 'DEMO') throw new DomainError('ProjectNotFound', 'Cannot create: no such project');
    const id = `sub_${String(cases.size + 1).padStart(26, '0')}`;
    const at = new Date().toISOString();
    const base = {
      id,
      site: 'leeds',
      ...asked,
      state: 'draft',
      attempt: 0,
      createdAt: at,
      updatedAt: at,
      createdBy: 'u1',
    } as const;
    const { next, event } = openChain(base, { type: 'submission.created', actor, at });
    const one: Case = {
      submission: next,
      events: [event],
      manifest: undefined,
      objects: new Map(),
      arrived: new Map(),
    };
    cases.set(id, one);
    if (key !== undefined) created.set(key, one);
    return one;
  }

  function announce(one: Case, summary: z.infer<typeof PutManifestBody>) {
    const isOther = one.submission.manifest !== undefined && one.submission.manifest.sha256 !== summary.sha256;
    if (isOther && [...one.objects.values()].some(({ complete }) => complete)) {
      throw new DomainError('StateConflict', 'Cannot announce: an object is complete');
    }
    if (one.submission.state === 'draft') happen(one, 'manifest.announced', 'uploading');
    one.submission = { ...one.submission, manifest: summary };
    return { upload: signed(`/storage/${one.submission.id}/manifest`, hexToBase64(summary.sha256), summary.sizeBytes) };
  }

  function signParts(one: Case, object: string, { parts }: z.infer<typeof SignPartsBody>) {
    if (!one.objects.has(object)) one.objects.set(object, { parts: new Map(), complete: false });
    return {
      parts: parts.map(({ number, sizeBytes, sha256 }) => ({
        number,
        ...signed(`/storage/${one.submission.id}/${object}/${number}`, sha256, sizeBytes),
      })),
    };
  }

  function listParts(one: Case, object: string) {
    const held = requireObject(one, object);
    return { complete: held.complete, parts: [...held.parts.values()].map(({ bytes: _, ...part }) => part) };
  }

  function complete(one: Case, object: string, { parts }: z.infer<typeof CompleteObjectBody>) {
    const held = requireObject(one, object);
    for (const part of parts) {
      if (held.parts.get(part.number)?.sha256 !== part.sha256) throw new DomainError('PartMissing', 'Cannot complete');
    }
    held.complete = true;
    return { object, sizeBytes: bytesOf(held).length, checksumSha256: `composite-${parts.length}` };
  }

  function store(url: URL, request: IncomingMessage, body: Uint8Array): StorageAnswer {
    const [, , id = '', object = '', number = ''] = url.pathname.split('/');
    const sha256 = createHash('sha256').update(body).digest('base64');
    const told = request.headers['x-amz-checksum-sha256'];
    if (Number(url.searchParams.get('expires')) < Date.now()) return refused(403, 'AccessDenied');
    if (told !== url.searchParams.get('sha256')) return refused(403, 'SignatureDoesNotMatch');
    if (String(body.length) !== url.searchParams.get('size')) return refused(403, 'SignatureDoesNotMatch');
    if (told !== sha256) return refused(400, 'BadDigest');
    const one = cases.get(id);
    if (object === 'manifest' && one !== undefined) one.manifest = body;
    one?.objects
      .get(object)
      ?.parts.set(Number(number), { number: Number(number), sizeBytes: body.length, sha256, bytes: body });
    stored.bytes += body.length;
    return { status: 200 };
  }

  async function commit(one: Case, manifestSha256: string) {
    if (one.submission.state !== 'draft' && one.submission.state !== 'uploading') return view(one);
    const { manifest } = one;
    if (manifest === undefined) throw new DomainError('ManifestMissing', 'Cannot commit: the manifest did not arrive');
    if (createHash('sha256').update(manifest).digest('hex') !== manifestSha256) {
      throw new DomainError('ManifestMismatch', 'Cannot commit: the manifest differs');
    }
    await readObjects(one, linesOf(one));
    happen(one, 'submission.committed', 'submitted');
    const answered = view(one);
    runWorkflow(one);
    return answered;
  }

  function runWorkflow(one: Case): void {
    happen(one, 'attempt.started', 'validating', { attempt: 1 });
    const { end } = options;
    if (end !== undefined) {
      const type = { held: 'submission.held', rejected: 'submission.rejected', failed: 'attempt.failed' } as const;
      happen(one, type[end.state], end.state, { reason: end.reason });
      return;
    }
    happen(one, 'files.validated', 'anonymizing');
    finish(one);
  }

  function resume(one: Case) {
    const { state, attempt } = one.submission;
    // one operator alone uses this fake: asked again, he decided this
    const isAgain =
      one.events.some(({ type }) => type === 'submission.released' || type === 'attempt.started') && attempt > 1;
    if (isAgain && state !== 'held' && state !== 'failed') return view(one);
    if (state !== 'held' && state !== 'failed') throw new DomainError('StateConflict', `Cannot resume: it is ${state}`);
    const type = state === 'held' ? 'submission.released' : 'attempt.started';
    const { reason: _, ...released } = one.submission;
    one.submission = released;
    happen(one, type, 'anonymizing', { attempt: attempt + 1 });
    const answered = view(one);
    finish(one);
    return answered;
  }

  function finish(one: Case): void {
    happen(one, 'files.anonymized', 'checking');
    happen(one, 'integrity.checked', 'pushing');
    happen(one, 'files.pushed', 'confirming');
    const { submission, arrived } = one;
    const signed = sealReceipt({ submission, arrived, lines: linesOf(one), outcome: options.outcome, keys });
    one.receipt = signed;
    const { archived, held, refused } = signed.receipt.totals;
    const digests = { receipt: hashBytes(receiptBytes(signed.receipt)) };
    happen(one, 'receipt.sealed', 'archived', { outcome: { archived, held, refused } }, { digests });
  }

  function happen(
    one: Case,
    type: ChainedEvent['type'],
    to: SubmissionState,
    patch: Partial<Submission> = {},
    proof: Pick<ChainedEvent, 'digests'> = {},
  ): void {
    const code = patch.reason === undefined ? {} : { code: patch.reason };
    const at = new Date().toISOString();
    const change = appendEvent(one.submission, { type, actor, at, to, ...code, ...proof }, patch);
    one.submission = change.next;
    one.events.push(change.event);
  }

  async function readObjects(one: Case, lines: ManifestLine[]): Promise<void> {
    const contents = new Map<string, Map<string, Uint8Array> | Uint8Array>();
    for (const object of new Set(lines.map((line) => line.object))) {
      const held = requireObject(one, object);
      if (!held.complete) throw new DomainError('ObjectMissing', `Cannot commit: ${object} is not complete`);
      contents.set(object, isPack(object) ? await unpack(bytesOf(held)) : bytesOf(held));
    }
    for (const [file, { object, path, sha256 }] of lines.entries()) {
      const bytes = contentOf(contents.get(object), path);
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
        throw new DomainError('ManifestMismatch', `Cannot commit: file ${file} differs`);
      }
      one.arrived.set(file, bytes);
    }
  }

  function receiptOf({ submission, receipt }: Case): SignedReceipt {
    if (submission.state === 'archived' && receipt !== undefined) return receipt;
    throw new DomainError('ReceiptNotReady', 'Cannot give the receipt: the submission is not archived');
  }

  const signed = (path: string, sha256: string, sizeBytes: number) => ({
    method: 'PUT',
    url: `${origin()}${path}?${new URLSearchParams({ sha256, size: String(sizeBytes), expires: String(Date.now() + 60_000) })}`,
    headers: { 'x-amz-checksum-sha256': sha256, 'content-length': String(sizeBytes) },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });

  const require = (id: string): Case => {
    const one = cases.get(id);
    if (one === undefined) throw new DomainError('SubmissionNotFound', 'Cannot answer: there is no such submission');
    return one;
  };

  return {
    cases,
    receiptKey,
    stored,
    require,
    create,
    announce,
    signParts,
    listParts,
    complete,
    store,
    commit,
    resume,
    receiptOf,
  };
}

const refused = (status: number, code: string) => ({ status, body: `<Error><Code>${code}</Code></Error>` });

export const view = ({ submission: { createdBy: _, chain: __, ...shown } }: Case) => shown;

function requireObject(one: Case, object: string): Held {
  const held = one.objects.get(object);
  if (held === undefined) throw new DomainError('ObjectNotFound', 'Cannot answer: there is no such object');
  return held;
}

export const linesOf = ({ manifest = new Uint8Array(0) }: Case) =>
  Buffer.from(manifest)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ManifestLine.parse(JSON.parse(line)));

const contentOf = (content: Map<string, Uint8Array> | Uint8Array | undefined, path: string) =>
  (content instanceof Map ? content.get(path) : content) ?? new Uint8Array(0);

const bytesOf = ({ parts }: Held) =>
  concat([...parts.values()].sort((a, b) => a.number - b.number).map(({ bytes }) => bytes));

const hexToBase64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
