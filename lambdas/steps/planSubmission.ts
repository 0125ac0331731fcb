import { profileName } from '../../core/deid/rules/profileName.ts';
import { readPackDirectory } from '../../core/pack/readPackDirectory.ts';
import { limits } from '../../core/policy/limits.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { stagingKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { isPack } from '../../core/submission/contracts/Manifest.ts';
import type { UploadedObject } from '../../core/submission/contracts/Submission.ts';
import { type BatchItem, type BatchPlan, Nothing, StepInput } from '../../core/submission/contracts/steps.ts';
import { assignResources } from '../../core/submission/planning/assignResources.ts';
import { numberFolders } from '../../core/submission/planning/numberFolders.ts';
import { type AnnouncedObject, type NumberedLine, planBatches } from '../../core/submission/planning/planBatches.ts';
import { readManifest } from '../../core/submission/planning/readManifest.ts';
import { policyDigest } from '../../core/submission/planning/requireAppliedPolicy.ts';
import { requirePolicy } from '../../core/submission/planning/requirePolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { collect, writeDocument, writeLines } from '../../core/submission/storage/documents.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type PlanPorts = Pick<Ports, 'ledger' | 'staging' | 'work' | 'clock' | 'codecs' | 'policies'>;

/**
 * Is every announced object here, as its upload left it? Then cuts the submission into batches.
 * Holds on to the policy that stands now.
 * @throws DomainError ManifestInvalid, ManifestMismatch, ObjectMissing, PackInvalid, ProjectNotFound
 */
export const planSubmission = (ports: PlanPorts) => async (input: StepInput) => {
  const { ledger, staging, work, codecs, policies } = ports;
  const { manifest, project } = await requireAttempt(ledger, input);
  if (manifest === undefined) throw new DomainError('ManifestMissing', `Cannot plan ${input.submission}: no manifest`);
  const announced = await readManifest(staging.read(stagingKeys.manifest(input.submission)), manifest, codecs);
  const uploaded = new Map((await ledger.listObjects(input.submission)).map((each) => [each.object, each]));
  requireSameSet(announced, uploaded);

  const applied = requirePolicy(policies, project);
  const policy = { sha256: policyDigest(applied), profile: profileName(applied) };
  const items: BatchItem[] = [];
  const all = [...announced.values()].flat();
  const resources = assignResources(all, applied.resources);
  const folders = resources.size > 0 ? numberFolders(all) : undefined;
  for (const [object, announcedLines] of announced) {
    const lines = announcedLines.map((line) => ({
      ...{ ...line, resource: resources.get(line.file), folders: folders?.get(line.file) },
    }));
    const located = await locateObject(ports, input.submission, {
      object,
      lines,
      stored: uploaded.get(object)?.stored,
    });
    for (const plan of planBatches(located)) {
      const batch = `b${String(items.length + 1).padStart(5, '0')}`;
      await writeDocument(work, workKeys.batchPlan(input.submission, batch), { batch, ...plan } satisfies BatchPlan);
      const bytes = plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      items.push({ batch, files: plan.files.length, bytes });
    }
  }
  await writeLines(work, workKeys.batches(input.submission), items);
  await advance(ports, input, {
    type: 'submission.planned',
    to: 'validating',
    digests: { manifest: manifest.sha256, policy: policy.sha256 },
    counts: { files: manifest.files, batches: items.length },
    patch: { policy, destination: { xnatProject: applied.xnatProject, route: applied.delivery.route } },
  });
  return {};
};

function requireSameSet(announced: Map<string, unknown>, uploaded: Map<string, unknown>): void {
  const missing = [...announced.keys()].filter((object) => !uploaded.has(object)).length;
  const unannounced = [...uploaded.keys()].filter((object) => !announced.has(object)).length;
  if (missing === 0 && unannounced === 0) return;
  throw new DomainError(
    'ManifestMismatch',
    `Cannot plan the submission: ${missing} announced objects did not arrive, ${unannounced} were not announced`,
  );
}

interface Named {
  object: string;
  lines: NumberedLine[];
  stored: UploadedObject['stored'];
}

async function locateObject(
  { staging }: Pick<Ports, 'staging'>,
  submission: string,
  { object, lines, stored }: Named,
): Promise<AnnouncedObject> {
  const key = stagingKeys.object(submission, object);
  const head = await staging.head(key);
  if (stored === undefined || head === undefined)
    throw new DomainError('ObjectMissing', `Cannot plan ${object}: it is not stored`);
  // a second version, or other digests than S3 attested at completion, means that somebody wrote after the commit
  if (head.versionId !== stored.versionId || head.checksumSha256 !== stored.checksumSha256) {
    throw new DomainError('ManifestMismatch', `Cannot plan ${object}: it changed after its upload`);
  }
  const { versionId, sizeBytes } = stored;
  if (!isPack(object)) {
    if (lines.length !== 1)
      throw new DomainError('ManifestInvalid', `Cannot plan ${object}: ${lines.length} files in one`);
    return { object, versionId, sizeBytes, lines };
  }
  const read = (range: { start: number; end: number }) =>
    collect(staging.read(key, { range, versionId }), limits.packDirectoryBytes);
  const entries = await readPackDirectory(read, sizeBytes);
  const names = new Set(lines.map(({ path }) => path));
  if (names.size !== lines.length)
    throw new DomainError('ManifestInvalid', `Cannot plan ${object}: a path stands twice`);
  const unannounced = entries.filter(({ name }) => !names.has(name)).length;
  if (unannounced > 0) {
    throw new DomainError('ManifestMismatch', `Cannot plan ${object}: ${unannounced} packed files were not announced`);
  }
  return { object, versionId, sizeBytes, lines, entries };
}

export const handler = stepHandler({ input: StepInput, output: Nothing }, planSubmission);
