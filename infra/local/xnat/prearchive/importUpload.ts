import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { DataSet } from 'dicom-parser';
import type { Arrived } from '../archiveFolder.ts';
import type { Site } from '../call.ts';
import { readDicomHeader } from '../readDicomHeader.ts';
import type { Upload } from '../receiveUpload.ts';
import { isRefusal, refusal } from '../refusal.ts';
import { unpackZip } from '../unpackZip.ts';
import type { XnatUser } from '../xnatOptions.ts';
import { type Destination, routeSession } from './importDestination.ts';
import { prearchiveResource } from './prearchiveResource.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';
import { reencodeFile } from './reencodeFile.ts';

/** Objects that are being written: XNAT refuses the same one from a second request. */
const underWay = new Set<string>();

interface Import {
  destination: Destination;
  user: XnatUser;
  site: Site;
}

/**
 * The DICOM-zip handler: every entry goes into the prearchive by itself, and what was written before a refusal stays.
 * Answers the rows that received something.
 * @throws refusal 400 for an entry that is no DICOM, unless `Ignore-Unparsable` swallows whatever goes wrong with one
 */
export async function importUpload(upload: Upload, { destination, user, site }: Import): Promise<PrearchiveRow[]> {
  const touched = new Map<number, PrearchiveRow>();
  const take = async (name: string, body: AsyncIterable<Uint8Array>) => {
    const arrived = await site.folder.receive(body);
    try {
      const row = await importFile({ name, arrived }, { destination, user, site });
      if (row !== undefined) touched.set(row.key, row);
    } catch (error) {
      if (!destination.ignoresUnparsable || !isRefusal(error) || error.status >= 500) throw error;
    } finally {
      await site.folder.discard(arrived);
    }
  };
  try {
    if (upload.archive !== undefined) await unpackZip(upload.archive, take);
    for (const { arrived } of upload.files) await unpackZip(createReadStream(arrived.temporary), take);
  } finally {
    for (const { arrived } of upload.files) await site.folder.discard(arrived);
  }
  return [...touched.values()];
}

interface Entry {
  name: string;
  arrived: Arrived;
}

/** Undefined where the series filter drops the object. */
async function importFile(
  { name, arrived }: Entry,
  { destination, user, site }: Import,
): Promise<PrearchiveRow | undefined> {
  const header = await readDicomHeader(arrived.temporary);
  const instance = header?.string('x00080018');
  if (header === undefined || instance === undefined)
    throw refusal(400, 'unable to read DICOM object: not a DICOM file');
  const { droppedModality, reencodes, changesInstances } = site.faults.get();
  if (droppedModality !== '' && header.string('x00080060') === droppedModality) return undefined;
  if (underWay.has(instance)) throw refusal(400, 'Concurrent file sends of the same data is not supported.');
  underWay.add(instance);
  try {
    const row = openRow(header, { destination, user, site });
    const scan = scanOf(header, row, site);
    const path = destination.renames ? templateName(header, scan) : basename(name);
    const given = changesInstances ? otherInstance(instance) : instance;
    const change = { from: instance, to: given };
    const written = reencodes ? await site.folder.receive(reencodeFile(arrived.temporary, change)) : arrived;
    await site.folder.place(written, prearchiveResource(row, scan), path);
    site.prearchive.putFile({
      ...{ row: row.key, scan, instance: given, path, sizeBytes: written.sizeBytes, digest: written.digest },
      series: header.string('x0020000e') ?? '',
      sopClass: header.string('x00080016') ?? '',
    });
    return row;
  } finally {
    underWay.delete(instance);
  }
}

/** The row of this study and label, which goes back to receiving, or a new one where that is locked or none stands. */
function openRow(header: DataSet, { destination, user, site }: Import): PrearchiveRow {
  const { prearchive } = site;
  const { project, subject, name } = routeSession(header, destination, { user, site });
  const tag = header.string('x0020000d') ?? '';
  const standing = prearchive
    .listRows()
    .find((row) => row.project === project && row.tag === tag && row.name === name && !locked.has(row.status));
  if (standing === undefined) {
    const { autoarchive, preventAnon, preventAutoCommit, source } = destination;
    return prearchive.insertRow({ project, subject, name, tag, autoarchive, preventAnon, preventAutoCommit, source });
  }
  const isBuilding = standing.status === 'BUILDING' || standing.status === 'RECEIVING_INTERRUPT';
  prearchive.setStatus(standing.key, isBuilding ? 'RECEIVING_INTERRUPT' : 'RECEIVING');
  return standing;
}

const locked: ReadonlySet<string> = new Set(['ARCHIVING', 'MOVING', 'DELETING']);

/** The series number; a second series of that number gets a suffix, as N-CT1. */
function scanOf(header: DataSet, { key }: PrearchiveRow, { prearchive }: Site): string {
  const series = header.string('x0020000e') ?? '';
  const files = prearchive.listFiles(key);
  const known = files.find((file) => file.series === series);
  if (known !== undefined) return known.scan;
  const number = (header.string('x00200011') ?? '').replace(/[^A-Za-z0-9_-]/g, '_') || '0';
  const taken = new Set(files.map(({ scan }) => scan));
  const modality = header.string('x00080060') ?? 'OT';
  for (let suffix = 0; ; suffix += 1) {
    const scan = suffix === 0 ? number : `${number}-${modality}${suffix}`;
    if (!taken.has(scan)) return scan;
  }
}

/** The site's template for `rename=true`. */
const templateName = (header: DataSet, scan: string) =>
  [header.string('x0020000d'), scan, header.string('x00200013'), header.string('x00080018')].join('-').concat('.dcm');

/** As long as the one it replaces: each digit of the last component becomes another. */
const otherInstance = (uid: string) =>
  uid.replace(/[0-9]+$/, (digits) =>
    digits.replace(/[0-9]/g, (digit) => (digit === '9' ? '1' : String(9 - Number(digit)))),
  );
