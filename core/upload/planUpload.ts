import { type PackLayout, packLayout } from '../pack/packLayout.ts';
import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { ManifestLine } from '../submission/contracts/Manifest.ts';
import type { ManifestSummary } from '../submission/contracts/Submission.ts';
import type { Codecs } from '../submission/ports.ts';

/** A file at the site, read once: its digests are what the upload is held to. */
export interface LocalFile {
  /** As the site has it, with `/`; what `readFile` is called with, and the name in a pack. */
  path: string;
  sizeBytes: number;
  /** Hex. */
  sha256: string;
  crc32: number;
  kind: ManifestLine['kind'];
  /** What little of the header orders slices; any of it may be absent. */
  order?: { study?: string; series?: string; instance?: string };
}

/** One object to send: its bytes are headers and ranges of its files. */
export interface ObjectPlan {
  object: string;
  files: LocalFile[];
  /** Line of the first file in the manifest; the others follow. */
  firstFile: number;
  layout: PackLayout;
}

export interface UploadPlan {
  objects: ObjectPlan[];
  manifest: { bytes: Uint8Array<ArrayBuffer>; summary: ManifestSummary };
}

/**
 * Arranges files into packs and loose objects, by study, series and instance. Equal files give an equal plan, so that
 * an upload can go on after a restart with nothing stored.
 * @throws DomainError ManifestInvalid for no files or one path twice, LimitExceeded
 */
export function planUpload(files: readonly LocalFile[], codecs: Pick<Codecs, 'sha256'>): UploadPlan {
  requireFiles(files);
  const objects: ObjectPlan[] = [];
  let firstFile = 0;
  for (const { object, files: contents } of arrange(files.toSorted(bySlice))) {
    const layout = object.startsWith('pack-') ? layoutOfPack(contents) : layoutOfFile(contents);
    objects.push({ object, files: contents, firstFile, layout });
    firstFile += contents.length;
  }
  if (objects.length > limits.objectsPerSubmission) {
    throw new DomainError(
      'LimitExceeded',
      `Cannot plan the upload: it has ${objects.length} objects, at most ${limits.objectsPerSubmission} are taken`,
    );
  }
  return { objects, manifest: writeManifest(objects, codecs) };
}

function requireFiles(files: readonly LocalFile[]): void {
  if (files.length === 0) throw new DomainError('ManifestInvalid', 'Cannot plan the upload: there are no files');
  if (files.length > limits.manifestFiles) {
    throw new DomainError(
      'LimitExceeded',
      `Cannot plan the upload: it has ${files.length} files, at most ${limits.manifestFiles} are taken`,
    );
  }
  if (new Set(files.map(({ path }) => path)).size !== files.length) {
    throw new DomainError('ManifestInvalid', 'Cannot plan the upload: two files have one path');
  }
  for (const [index, { path, sizeBytes }] of files.entries()) {
    if (sizeBytes > limits.objectMaxBytes || path.length > limits.pathLength) {
      throw new DomainError('LimitExceeded', `Cannot plan the upload: file ${index} or its path is too long`);
    }
  }
}

/** DICOM first, in the order of its slices; numbers count as numbers. */
function bySlice(left: LocalFile, right: LocalFile): number {
  return (
    compare(left.kind, right.kind) ||
    compare(left.order?.study ?? '', right.order?.study ?? '') ||
    compare(left.order?.series ?? '', right.order?.series ?? '') ||
    Number(left.order?.instance ?? 0) - Number(right.order?.instance ?? 0) ||
    compare(left.path, right.path)
  );
}

const compare = (left: string, right: string) => (left === right ? 0 : left < right ? -1 : 1);

/** Small files fill packs to their target; a large file is an object of its own. */
function arrange(files: readonly LocalFile[]): { object: string; files: LocalFile[] }[] {
  const packs: LocalFile[][] = [];
  const loose: LocalFile[] = [];
  let room = 0;
  for (const file of files) {
    if (file.sizeBytes > limits.packFileMaxBytes) {
      loose.push(file);
      continue;
    }
    const open = packs.at(-1);
    if (open === undefined || file.sizeBytes > room || open.length === limits.packEntries) {
      packs.push([file]);
      room = limits.packTargetBytes - file.sizeBytes;
    } else {
      open.push(file);
      room -= file.sizeBytes;
    }
  }
  return [
    ...packs.map((contents, index) => ({ object: objectId('pack', index), files: contents })),
    ...loose.map((file, index) => ({ object: objectId('file', index), files: [file] })),
  ];
}

const objectId = (kind: 'pack' | 'file', index: number) => `${kind}-${String(index + 1).padStart(6, '0')}`;

const layoutOfPack = (files: readonly LocalFile[]) =>
  packLayout(files.map(({ path, sizeBytes, crc32 }) => ({ name: path, sizeBytes, crc32 })));

const layoutOfFile = ([file]: readonly LocalFile[]): PackLayout => ({
  sizeBytes: file?.sizeBytes ?? 0,
  segments: (range) => [{ file: 0, range }],
});

function writeManifest(objects: readonly ObjectPlan[], codecs: Pick<Codecs, 'sha256'>): UploadPlan['manifest'] {
  const lines = objects.flatMap(({ object, files }) =>
    files.map(({ path, sizeBytes: size, sha256, kind }) =>
      // as the pack's UTF-8 has it, where a lone surrogate of a Windows name cannot stand
      JSON.stringify({ path: path.toWellFormed(), size, sha256, object, kind } satisfies ManifestLine),
    ),
  );
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  if (bytes.length > limits.manifestBytes) {
    throw new DomainError('LimitExceeded', `Cannot plan the upload: its manifest has ${bytes.length} bytes`);
  }
  const hash = codecs.sha256();
  hash.update(bytes);
  const total = objects.reduce((sum, { files }) => files.reduce((all, { sizeBytes }) => all + sizeBytes, sum), 0);
  return {
    bytes,
    summary: { sha256: hash.hex(), sizeBytes: bytes.length, files: lines.length, bytes: total },
  };
}
