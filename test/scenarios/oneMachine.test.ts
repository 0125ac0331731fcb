import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pixelDigest } from '../../core/dicom/pixelDigest.ts';
import { codecs, sha256, streamOf } from '../core/pack/streams.ts';
import { expectArchivedOnce, oneReceipt } from './expectArchivedOnce.ts';
import { findMarkers } from './findMarkers.ts';
import { identifiersOf } from './identifiersOf.ts';
import { type Machine, startMachine } from './machine.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
}, 180_000);
afterAll(() => machine.stop());

/** A path as people make them. */
const pathMarkers = ['Waldemarine-Ungemach', 'Station 9 Nirgendwo'];
const files = studyOf('one machine', { series: 2 }).map(({ path, bytes }) => ({
  path: `${pathMarkers.join('/')}/${path}`,
  bytes,
}));

test('two series go from a folder into XNAT with equal pixels, and the site can prove it', {
  timeout: 120_000,
}, async () => {
  const { site } = machine;
  const folder = await site.writeFolder('two series', files);
  const sent = await site.cli(['upload', folder, '--project', 'DEMO', '--wait', '--json']);
  const summary = sent.events.at(-1);
  expect(summary).toMatchObject({ type: 'summary', state: 'archived', announced: 6, archived: 6 });
  expect(sent.code).toBe(0);
  const submission = String(summary?.submission);
  const { receipt } = await expectArchivedOnce({ site, submission, folder, archived: 6 });
  oneReceipt(await machine.versions('AUDIT'), submission);
  expect(await machine.versions('CLEAN')).toEqual([]);
  expect(await machine.versions('STAGING')).toEqual([`control/${submission}/commit.json`]);

  const status = await site.cli(['status', submission, '--json']);
  expect(status.events.at(-1)).toMatchObject({ state: 'archived' });
  for (const { bytes } of files) {
    const { archived } = receipt.files.find((file) => file.sha256 === sha256(bytes)) ?? {};
    const stored = await site.readArchived(archived?.uri ?? '');
    expect(await pixelDigest(streamOf(stored), codecs)).toBe(await pixelDigest(streamOf(bytes), codecs));
    expect(archived?.pixelSha256).toBe(await pixelDigest(streamOf(bytes), codecs));
  }
});

test('nothing that names the person or the original study is left anywhere on the machine', {
  timeout: 60_000,
}, async () => {
  const markers = new Set(pathMarkers);
  for (const { bytes } of files) for (const text of await identifiersOf(bytes)) markers.add(text);
  // name, id, accession number, address, text, description; the study, its frame of reference, 2 series, 6 slices
  expect(markers.size).toBeGreaterThan(16);
  const { site } = machine;
  // each of them is in the site's own files, where the same search finds it
  const known = await findMarkers(site.home, [...markers]);
  expect([...markers].filter((marker) => !known.some((line) => line.endsWith(`: ${marker}`)))).toEqual([]);
  expect(await findMarkers(machine.dataDir, [...markers])).toEqual([]);
  const [submission] = (await site.api.listSubmissions()).items;
  const told = JSON.stringify([await site.api.listEvents(submission?.id ?? ''), await site.listArchive(), submission]);
  expect([...markers].filter((marker) => told.includes(marker))).toEqual([]);
});

test.each([
  { place: 'text.log', content: 'x Zzyzxburg y', why: 'in a text' },
  { place: 'row.sqlite', content: Buffer.from('zZYZXBURG', 'utf16le'), why: 'in UTF-16 and another case' },
  { place: 'Zzyzxburg/empty', content: '', why: 'in a name' },
])('a planted identifier is found $why', async ({ place, content }) => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-markers-'));
  await mkdir(join(folder, place, '..'), { recursive: true });
  await writeFile(join(folder, place), content);
  expect((await findMarkers(folder, ['Zzyzxburg', 'Other'])).length).toBeGreaterThan(0);
  expect(await findMarkers(folder, ['Other'])).toEqual([]);
  await rm(folder, { recursive: true });
});
