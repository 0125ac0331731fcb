import { readPackedFiles } from '../../pack/readPackedFiles.ts';
import { stagingKeys } from '../contracts/keys.ts';
import { isPack } from '../contracts/Manifest.ts';
import type { BatchPlan, PlannedFile } from '../contracts/steps.ts';
import type { Bytes, Codecs, ObjectStore } from '../ports.ts';

interface BatchFile {
  planned: PlannedFile;
  /** Fails with PackInvalid for this member alone when the pack is broken there. */
  body: Bytes;
}

/**
 * The files of a batch that are there, in the order of their bytes, out of one ranged GET pinned to the version that
 * was committed.
 */
export async function* readBatch(
  { staging, codecs }: { staging: ObjectStore; codecs: Codecs },
  submission: string,
  plan: BatchPlan,
): AsyncGenerator<BatchFile> {
  const { object, versionId, rangeStart: start, rangeEnd: end, files } = plan;
  const present = files.filter(({ offset }) => offset !== undefined);
  if (present.length === 0) return;
  const key = stagingKeys.object(submission, object);
  if (isPack(object)) {
    yield* readPackedFiles(staging.read(key, { versionId, range: { start, end } }), present, start, codecs);
    return;
  }
  for (const planned of present) yield { planned, body: staging.read(key, { versionId }) };
}
