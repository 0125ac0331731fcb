import { deidentify } from '../../core/deid/deidentify.ts';
import { writePack } from '../../core/pack/writePack.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { requireAttempt } from '../../core/submission/attempts/advance.ts';
import { resourceFolder } from '../../core/submission/checking/resourceFolder.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { findingCatalogue } from '../../core/submission/codes/findingCatalogue.ts';
import { cleanKeys, quarantineKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import {
  BatchInput,
  BatchPlan,
  type CleanPack,
  type Evidence,
  Fact,
  Nothing,
  type PlannedFile,
  Review,
} from '../../core/submission/contracts/steps.ts';
import { requireAppliedPolicy } from '../../core/submission/planning/requireAppliedPolicy.ts';
import type { Bytes, Ports } from '../../core/submission/ports.ts';
import { type Route, routeFiles } from '../../core/submission/review/routeFiles.ts';
import { readDocument, readLines, writeLines } from '../../core/submission/storage/documents.ts';
import { measureOutput } from '../../core/submission/storage/measureOutput.ts';
import { observeBytes } from '../../core/submission/storage/observeBytes.ts';
import { peekable } from '../../core/submission/storage/peekable.ts';
import { readBatch } from '../../core/submission/storage/readBatch.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type AnonymizePorts = Pick<
  Ports,
  'ledger' | 'staging' | 'work' | 'clean' | 'quarantine' | 'codecs' | 'policies' | 'projectKeys'
>;

/** One batch on its way: what it reads by, and what it leaves. */
interface Batch {
  ports: AnonymizePorts;
  submission: string;
  plan: BatchPlan;
  project: string;
  policy: ProjectPolicy;
  key: Uint8Array;
  facts: Map<number, Fact>;
  routes: Map<number, Route>;
  evidence: Evidence[];
}

interface BatchFile {
  planned: PlannedFile;
  body: Bytes;
}

/**
 * Reads each file of a batch once: de-identified files stream into clean packs, one run of one scan a pack; held
 * files go into quarantine as they came. Whatever cannot be proven clean is held, not archived.
 */
export const anonymizeBatch = (ports: AnonymizePorts) => async (input: BatchInput) => {
  const { submission, item } = input;
  const batch = await openBatch(ports, input);
  const packs: CleanPack[] = [];
  const files = peekable(readBatch(ports, submission, batch.plan));
  for (const planned of batch.plan.files) if (planned.offset === undefined) leaveOut(batch, planned);
  for (let next = await files.peek(); next !== undefined; next = await files.peek()) {
    const route = batch.routes.get(next.planned.file);
    if (route?.kind !== 'archive') {
      await files.take();
      await setAside(batch, next);
      continue;
    }
    const key = cleanKeys.pack(submission, route.scan.id, `${item.batch}-${packs.length + 1}`);
    const stored = await ports.clean.writeStream(key, writePack(cleanRun(batch, { files, route, key }), ports.codecs));
    if (stored.checksumSha256 === undefined)
      throw new DomainError('IntegrityMismatch', 'Cannot prove a clean pack: it has no checksum');
    packs.push({ key, scan: route.scan.id, sizeBytes: stored.sizeBytes, checksumSha256: stored.checksumSha256 });
  }
  await writeLines(ports.work, workKeys.packs(submission, item.batch), packs);
  await writeLines(ports.work, workKeys.evidence(submission, item.batch), batch.evidence);
  return {};
};

async function openBatch(ports: AnonymizePorts, input: BatchInput): Promise<Batch> {
  const { ledger, work, policies, projectKeys } = ports;
  const { submission, item } = input;
  const current = await requireAttempt(ledger, input);
  const { project } = current;
  const plan = await readDocument(work, workKeys.batchPlan(submission, item.batch), BatchPlan);
  const facts = await readLines(work, workKeys.facts(submission, item.batch), Fact);
  const routes = routeFiles(await readDocument(work, workKeys.review(submission), Review), facts);
  return {
    ports,
    submission,
    plan,
    project,
    policy: requireAppliedPolicy(policies, current),
    key: await projectKeys.of(project),
    facts: new Map(facts.map((fact) => [fact.file, fact])),
    routes,
    evidence: [],
  };
}

interface Run {
  files: ReturnType<typeof peekable<BatchFile>>;
  route: Extract<Route, { kind: 'archive' }>;
  key: string;
}

/** The clean files of one scan that stand together in the batch. */
async function* cleanRun(batch: Batch, { files, route, key }: Run): AsyncGenerator<{ name: string; body: Bytes }> {
  const { ports, policy, project, key: projectKey } = batch;
  const labels = { project, subject: route.session.subject, session: route.session.session };
  for (let next = await files.peek(); next !== undefined; next = await files.peek()) {
    const { planned, body } = next;
    const own = batch.routes.get(planned.file);
    if (own?.kind !== 'archive' || own.scan.id !== route.scan.id) return;
    await files.take();
    const resource = batch.facts.get(planned.file)?.resource;
    if (resource !== undefined) {
      const name = `${resourceFolder(route)}${resource.name}`;
      yield* copied(batch, next, { name, scan: route.scan.id, pack: key });
      continue;
    }
    const arrived = observeBytes(body, ports.codecs);
    const cleaned = await deidentify(arrived.body, { codecs: ports.codecs, key: projectKey, policy, labels }).catch(
      whyNot,
    );
    if (typeof cleaned === 'string') {
      await arrived.finish();
      await quarantine(batch, planned, cleaned);
      continue;
    }
    const name = `${cleaned.instance}.dcm`;
    const measured = measureOutput(cleaned.output, ports.codecs);
    yield { name, body: measured.body };
    const { sha256: arrivalSha256 } = await arrived.finish();
    const { pixelSha256, ...measure } = await measured.finish();
    cleaned.release();
    batch.evidence.push({
      ...{ outcome: 'clean', file: planned.file, arrivalSha256, scan: route.scan.id, pack: key, name, ...measure },
      ...(pixelSha256 === undefined ? {} : { pixelSha256 }),
      ...(cleaned.blanked === undefined ? {} : { blanked: cleaned.blanked }),
      instance: cleaned.instance,
      actions: cleaned.actions,
    });
  }
}

/** A file that is no DICOM goes on as it came: by a person's leave, or by the project's word. */
async function* copied(
  { ports: { codecs }, evidence }: Batch,
  { planned, body }: BatchFile,
  place: { name: string; scan: string; pack: string },
): AsyncGenerator<{ name: string; body: Bytes }> {
  const arrived = observeBytes(body, codecs);
  const md5 = codecs.md5();
  const hashed = async function* () {
    for await (const chunk of arrived.body) {
      md5.update(chunk);
      yield chunk;
    }
  };
  yield { name: place.name, body: hashed() };
  const { sha256, sizeBytes } = await arrived.finish();
  const measure = { arrivalSha256: sha256, sha256, sizeBytes, md5: md5.hex() };
  evidence.push({ outcome: 'clean', file: planned.file, ...place, ...measure, instance: '', actions: {} });
}

/** A refusal of the splicer becomes the code that the file is held for; any other fault is thrown on. */
function whyNot(error: unknown): string {
  if (!DomainError.is(error) || error.name === 'StorageUnavailable') throw error;
  return Object.hasOwn(findingCatalogue, error.name) ? error.name : 'NotDeidentifiable';
}

/** A file that the review keeps out: held ones are copied as they came, so that a person finds them. */
async function setAside(batch: Batch, { planned, body }: BatchFile): Promise<void> {
  const route = batch.routes.get(planned.file);
  if (route?.kind !== 'aside' || route.disposition !== 'hold') {
    leaveOut(batch, planned);
    return;
  }
  const arrived = observeBytes(body, batch.ports.codecs);
  await batch.ports.quarantine.writeStream(quarantineKeys.file(batch.submission, planned.file), arrived.body);
  const { sha256 } = await arrived.finish();
  batch.evidence.push({ outcome: 'quarantined', file: planned.file, arrivalSha256: sha256, code: route.code });
}

function leaveOut({ routes, evidence }: Batch, { file }: PlannedFile): void {
  const route = routes.get(file);
  if (route?.kind !== 'aside') throw new DomainError('BatchIncomplete', `Cannot route file ${file}: it has no fact`);
  evidence.push({ outcome: route.disposition === 'duplicate' ? 'duplicate' : 'refused', file, code: route.code });
}

/** Reads the file once more, as it came, into quarantine: its first reading went into the splicer that refused it. */
async function quarantine(batch: Batch, planned: PlannedFile, code: string): Promise<void> {
  const { ports, submission, plan } = batch;
  const alone = { ...plan, files: [planned], rangeStart: planned.offset ?? 0 };
  for await (const { body } of readBatch(ports, submission, alone))
    await setAside({ ...batch, routes: held(planned, code) }, { planned, body });
}

const held = ({ file }: PlannedFile, code: string) =>
  new Map<number, Route>([[file, { kind: 'aside', disposition: 'hold', code }]]);

export const handler = stepHandler({ input: BatchInput, output: Nothing }, anonymizeBatch);
