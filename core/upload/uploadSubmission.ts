import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { CreateSubmissionBody, PartAnnouncement, SubmissionView } from '../submission/contracts/api.ts';
import type { Codecs } from '../submission/ports.ts';
import { ApiProblem } from './ApiProblem.ts';
import type { ApiClient } from './apiClient.ts';
import type { DigestBytes } from './inspectFile.ts';
import { partBuffers } from './partBuffers.ts';
import { type PartTasks, partTasks } from './partTasks.ts';
import type { ObjectPlan, UploadPlan } from './planUpload.ts';
import { type PutBytes, putSigned } from './putSigned.ts';
import { type ReadFile, type ReadyPart, readParts } from './readParts.ts';
import type { Retry } from './retrying.ts';

/** What the engine needs of the world: the same in a browser's worker and in Node. */
export interface UploadPorts {
  api: ApiClient;
  fetch: PutBytes;
  readFile: ReadFile;
  codecs: Pick<Codecs, 'sha256'>;
  digestBytes: DigestBytes;
  retry: Retry;
  signal?: AbortSignal | undefined;
  partsInFlight?: number;
}

/** What to upload, and into what: a new submission, or one that was begun. */
interface UploadOrder {
  plan: UploadPlan;
  target: CreateSubmissionBody | { resume: string };
  /** Drawn once for this upload: a creation whose answer was lost is then not made twice. */
  idempotencyKey?: string;
}

/** Progress, with no path in it: files go by count, objects by id. */
export type UploadEvent =
  | { type: 'opened'; submission: string; resumed: boolean; files: number; bytes: number }
  | { type: 'announced'; submission: string }
  | { type: 'part'; object: string; number: number; bytes: number; skipped: boolean }
  | { type: 'object'; object: string; files: number; bytes: number; skipped: boolean }
  | { type: 'committed'; submission: string };

type OnEvent = (event: UploadEvent) => void;

/**
 * Sends files: announces the manifest, sends each object part by part under just-in-time signatures, completes and
 * commits. Safe to repeat with `resume`: what storage holds with equal digest is not sent again. Memory is one part
 * more than are in flight.
 * @throws ApiProblem; DomainError ManifestMismatch when a file changed since it was planned
 */
export async function uploadSubmission(
  ports: UploadPorts,
  { plan, target, idempotencyKey }: UploadOrder,
  onEvent: OnEvent = () => undefined,
): Promise<SubmissionView> {
  const { api } = ports;
  const { summary } = plan.manifest;
  const resumed = 'resume' in target;
  const opened = resumed ? await api.getSubmission(target.resume) : await api.createSubmission(target, idempotencyKey);
  requireSameManifest(opened, plan);
  onEvent({ type: 'opened', submission: opened.id, resumed, files: summary.files, bytes: summary.bytes });
  if (opened.state !== 'draft' && opened.state !== 'uploading') return opened;
  await ports.retry(async () => {
    const { upload } = await api.putManifest(opened.id, summary);
    await putSigned(ports, upload, plan.manifest.bytes);
  });
  onEvent({ type: 'announced', submission: opened.id });
  await sendObjects(ports, { submission: opened.id, objects: plan.objects, resumed }, onEvent);
  const committed = await api.commitSubmission(opened.id, { manifestSha256: summary.sha256 });
  onEvent({ type: 'committed', submission: opened.id });
  return committed;
}

function requireSameManifest({ id, manifest }: SubmissionView, plan: UploadPlan): void {
  if (manifest === undefined || manifest.sha256 === plan.manifest.summary.sha256) return;
  throw new DomainError('ManifestMismatch', `Cannot resume ${id}: the files are not those that were announced`);
}

interface Sending {
  submission: string;
  objects: readonly ObjectPlan[];
  resumed: boolean;
}

async function sendObjects(ports: UploadPorts, sending: Sending, onEvent: OnEvent): Promise<void> {
  const failed = new AbortController();
  const signal = ports.signal === undefined ? failed.signal : AbortSignal.any([ports.signal, failed.signal]);
  const tasks = partTasks(ports.partsInFlight ?? limits.clientPartsInFlight, (error) => failed.abort(error));
  const send = objectSender({ ...ports, signal }, { ...sending, tasks, onEvent });
  try {
    for (const object of sending.objects) await send(object);
  } catch (error) {
    failed.abort(error);
    await tasks.end().catch(() => undefined);
    throw error;
  }
  await tasks.end();
}

/** Begins the parts of one object and lets its completion follow, so that the next object's parts need not wait. */
function objectSender(ports: UploadPorts, context: Sending & { tasks: PartTasks; onEvent: OnEvent }) {
  const { submission, resumed, tasks, onEvent } = context;
  const buffers = partBuffers();

  return async (plan: ObjectPlan): Promise<void> => {
    const { object, files, layout } = plan;
    const told = { type: 'object', object, files: files.length, bytes: layout.sizeBytes } as const;
    const held = resumed ? await listParts(ports.api, submission, object) : nothingHeld;
    if (held.complete) {
      onEvent({ ...told, skipped: true });
      return;
    }
    const sent: Promise<PartAnnouncement>[] = [];
    for await (const part of readParts({ ...ports, takeBuffer: buffers.take }, plan)) {
      await tasks.room();
      sent.push(
        tasks.begin(async () => {
          const announcement = await sendPart(ports, { submission, object, part, held, onEvent });
          buffers.give(part.bytes);
          return announcement;
        }),
      );
    }
    tasks.follow(
      Promise.all(sent).then(async (parts) => {
        await ports.api.completeObject(submission, object, { parts });
        onEvent({ ...told, skipped: false });
      }),
    );
  };
}

/** What storage has of an object. */
interface HeldObject {
  parts: readonly PartAnnouncement[];
  complete: boolean;
  /** Its parts are one object already, or were given up: completing tells which. */
  isClosed?: boolean;
}

const nothingHeld: HeldObject = { parts: [], complete: false };

/** An object that was never begun has no parts; one that storage made whole before the ledger knew has none any more. */
async function listParts(api: ApiClient, submission: string, object: string): Promise<HeldObject> {
  return api.listParts(submission, object).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.code === 'ObjectNotFound') return nothingHeld;
    if (error instanceof ApiProblem && error.code === 'ObjectMissing') return { ...nothingHeld, isClosed: true };
    throw error;
  });
}

interface PartToSend {
  submission: string;
  object: string;
  part: ReadyPart;
  held: HeldObject;
  onEvent: OnEvent;
}

async function sendPart(ports: UploadPorts, { submission, object, part, held, onEvent }: PartToSend) {
  const { number, sizeBytes, sha256, bytes } = part;
  const announcement: PartAnnouncement = { number, sizeBytes, sha256 };
  const isHeld =
    held.isClosed === true ||
    held.parts.some((one) => one.number === number && one.sizeBytes === sizeBytes && one.sha256 === sha256);
  if (!isHeld) {
    // signed anew for each attempt: an address that expired while the part waited heals itself
    await ports.retry(async () => {
      const { parts } = await ports.api.signParts(submission, object, { parts: [announcement] });
      for (const signed of parts) await putSigned(ports, signed, bytes);
    });
  }
  onEvent({ type: 'part', object, number, bytes: sizeBytes, skipped: isHeld });
  return announcement;
}
