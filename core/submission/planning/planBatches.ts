import type { PackEntry } from '../../pack/readPackDirectory.ts';
import { limits } from '../../policy/limits.ts';
import type { ManifestLine } from '../contracts/Manifest.ts';
import type { PlannedResource } from '../contracts/PlannedResource.ts';
import type { BatchPlan, PlannedFile } from '../contracts/steps.ts';

/** A manifest line with its number. */
export type NumberedLine = Pick<ManifestLine, 'path' | 'size' | 'sha256'> & {
  file: number;
  resource?: PlannedResource | undefined;
  folders?: number[] | undefined;
};

/** One uploaded object, where its bytes are, and what the manifest announces of it. */
export interface AnnouncedObject {
  object: string;
  versionId: string;
  sizeBytes: number;
  lines: readonly NumberedLine[];
  /** The pack's directory in offset order; absent for an object that is one file. */
  entries?: readonly PackEntry[];
}

/**
 * Cuts one object into batches of at most `limits.batchBytes` and `limits.batchFiles`, in the order of its bytes, so
 * that one ranged GET reads a batch. Announced files that a pack lacks stay in the plan without an offset: Validate
 * reports them.
 */
export function planBatches(announced: AnnouncedObject): Omit<BatchPlan, 'batch'>[] {
  const { object, versionId } = announced;
  const plans: Omit<BatchPlan, 'batch'>[] = [];
  for (const files of groupsOf(locateFiles(announced))) {
    plans.push({ object, versionId, ...rangeOf(files, announced), files });
  }
  return plans;
}

function locateFiles({ lines, entries }: AnnouncedObject): PlannedFile[] {
  if (entries === undefined) {
    return lines.map((line) => ({
      ...announcedOf(line),
      ...{ offset: 0, storedBytes: line.size, method: 'store' },
    }));
  }
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const located = lines.map((line): PlannedFile => {
    const entry = byName.get(line.path);
    const announced = announcedOf(line);
    if (entry === undefined) return { ...announced, storedBytes: 0, method: 'store' };
    return { ...announced, offset: entry.offset, storedBytes: entry.storedBytes, method: entry.method };
  });
  return located.sort((left, right) => (left.offset ?? Infinity) - (right.offset ?? Infinity));
}

const announcedOf = ({ file, size, sha256, resource, folders }: NumberedLine) => ({
  ...{ file, sizeBytes: size, sha256 },
  ...(resource && { resource }),
  ...(folders && { folders }),
});

function groupsOf(files: readonly PlannedFile[]): PlannedFile[][] {
  const groups: PlannedFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const group = groups.at(-1);
    // a deflated file is read as what it inflates to
    const fileBytes = Math.max(file.storedBytes, file.offset === undefined ? 0 : file.sizeBytes);
    bytes += fileBytes;
    if (group === undefined || bytes > limits.batchBytes || group.length === limits.batchFiles) {
      groups.push([file]);
      bytes = fileBytes;
    } else {
      group.push(file);
    }
  }
  return groups;
}

/** A member ends where the next one begins: its local header's length is not in the directory. */
function rangeOf(files: readonly PlannedFile[], { entries, sizeBytes }: AnnouncedObject) {
  const offsets = files.flatMap(({ offset }) => offset ?? []);
  const first = offsets[0];
  const last = offsets.at(-1);
  if (first === undefined || last === undefined) return { rangeStart: 0, rangeEnd: 0 };
  const following = entries?.find(({ offset }) => offset > last)?.offset;
  return { rangeStart: first, rangeEnd: following ?? sizeBytes };
}
