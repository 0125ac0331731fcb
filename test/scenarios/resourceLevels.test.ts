import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Receipt } from '../../core/audit/Receipt.ts';
import { readPolicy } from '../../core/policy/readPolicy.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { findMarkers } from './findMarkers.ts';
import { type Machine, startMachine } from './machine.ts';
import { operatorToken } from './operatorOf.ts';
import { type StudyFile, studyOf } from './study.ts';

/** A name that a person could have, in a file name that no shell, path or XML would like. */
const name = 'Waldemarine^Ungemach "$(rm)" %2e%2e %00 <b>ü&';
const levels = [
  { level: 'scan', label: 'PHYSIO', path: `1/${name}.puls` },
  { level: 'session', label: 'EDAT', path: `task/${name}.edat2` },
  { level: 'subject', label: 'CONSENT', path: `Consent/${name}.pdf` },
  { level: 'project', label: 'DOCS', path: `docs/${name}.pdf` },
] as const;
const policy = readPolicy({
  ...{ project: 'DEMO', xnatProject: 'DEMO', sites: ['demo'], delivery: { onConflict: ['append'] } },
  fields: { note: 'submission', acquisition_site: 'site', airlock_manifest: 'manifest', airlock_receipt: 'receipt' },
  resources: [
    { label: 'PHYSIO', level: 'scan', endings: ['.puls'], format: 'TEXT', tags: 'raw', disposition: 'accept' },
    { label: 'EDAT', endings: ['.edat2'], disposition: 'accept' },
    { label: 'CONSENT', level: 'subject', folder: 'consent', endings: ['.pdf'], disposition: 'accept' },
    { label: 'DOCS', level: 'project', folder: 'docs', endings: ['.pdf'], disposition: 'accept' },
  ],
});

let xnat: Awaited<ReturnType<typeof openXnat>>;
let machine: Machine;
beforeAll(async () => {
  xnat = await openXnat();
  // what is a project's own takes an owner
  const account = { url: xnat.url, username: 'admin', password: 'admin-password' };
  machine = await startMachine({ xnat: account }, [policy]);
}, 240_000);
afterAll(async () => {
  await machine.stop();
  await xnat.close();
});

const subject = 'QXAQX';
const places = (session: string) => ({
  scan: `/data/projects/DEMO/experiments/${session}/scans/1/resources/PHYSIO`,
  session: `/data/projects/DEMO/experiments/${session}/resources/EDAT`,
  subject: `/data/projects/DEMO/subjects/${subject}/resources/CONSENT`,
  project: '/data/projects/DEMO/resources/DOCS',
});

/** Sends a study with one file for each level; answers its folder, its files and its receipt. */
async function archived(session: string) {
  const { site } = machine;
  const others = levels.map(({ level, path }): StudyFile => {
    return { path, bytes: new Uint8Array(Buffer.from(`${level} of ${session}`)) };
  });
  const local = await site.writeFolder(session, [...studyOf(session, { slices: 2 }), ...others]);
  const labels = ['--subject', subject, '--session', session];
  const sent = await site.cli(['upload', local, '--project', 'DEMO', ...labels, '--wait', '--json']);
  expect(sent).toMatchObject({ code: 0 });
  expect(sent.events.at(-1)).toMatchObject({ state: 'archived', archived: 6, held: 0 });
  const submission = String(sent.events.at(-1)?.submission);
  const { receipt } = await site.api.getReceipt(submission);
  return { submission, local, receipt };
}

const listed = async (path: string): Promise<{ Name: string; URI: string; file_tags: string }[]> => {
  const { status, text } = await askXnat(xnat, { path: `${path}/files?format=json` });
  return status === 404 ? [] : JSON.parse(text).ResultSet.Result;
};
const contents = async (session: string, level: keyof ReturnType<typeof places>) => {
  const files = await listed(places(session)[level]);
  return (await Promise.all(files.map(({ URI }) => machine.site.readArchived(URI)))).map((each) =>
    String(Buffer.from(each)),
  );
};
const verified = async ({ submission, local }: { submission: string; local: string }) => {
  const copy = join(machine.site.home, `${submission}.json`);
  await machine.site.cli(['receipt', submission, '-o', copy]);
  return machine.site.cli(['verify', copy, '--local', local, '--archive']);
};
const urisAt = ({ files }: Receipt, level: string) =>
  files.flatMap(({ archived: file }) => (file?.resource?.level === level ? [file.uri] : []));

let first: Awaited<ReturnType<typeof archived>>;
let second: Awaited<ReturnType<typeof archived>>;

test('a study goes into XNAT with its other files, which the site can prove', { timeout: 180_000 }, async () => {
  first = await archived('QZAQZ');
  second = await archived('QZBQZ');
  const proof = await verified(first);
  expect(proof).toMatchObject({ code: 0, lines: [] });
  expect(proof.err).toContain('6 of 6 archived files');
  expect(proof.err).toContain('4 of 4 fields');
});

test.each(levels)('at level $level the file lies in $label, beside that of another study', async ({ level, label }) => {
  const isShared = level === 'subject' || level === 'project';
  const texts = isShared ? [`${level} of QZAQZ`, `${level} of QZBQZ`] : [`${level} of QZAQZ`];
  expect((await contents('QZAQZ', level)).sort()).toEqual(texts);
  const [uri = ''] = urisAt(first.receipt, level);
  expect(String(Buffer.from(await machine.site.readArchived(uri)))).toBe(`${level} of QZAQZ`);
  const told = first.receipt.files.find(({ archived: file }) => file?.uri === uri)?.archived?.resource;
  expect(told).toEqual({ level, label });
  for (const { URI, file_tags } of await listed(places('QZAQZ')[level])) {
    expect(URI).toMatch(isShared ? /\/files\/QZ[AB]QZ\/[0-9a-f]{16}\.\w+$/ : /\/files\/[0-9a-f]{16}\.\w+$/);
    expect(file_tags).toBe(level === 'scan' ? 'raw' : '');
  }
});

test('no name of the site is anywhere on the machine or in XNAT', async () => {
  const markers = ['Waldemarine', 'Ungemach', '$(rm)'];
  expect(await findMarkers(machine.site.home, markers)).not.toEqual([]);
  expect(await findMarkers(machine.dataDir, markers)).toEqual([]);
  expect(await findMarkers(xnat.dataDir, markers)).toEqual([]);
});

test('a field that somebody has changed is told', { timeout: 60_000 }, async () => {
  const path = '/data/projects/DEMO/experiments/QZBQZ?xnat:experimentData/note=other';
  await askXnat(xnat, { method: 'PUT', path });
  const proof = await verified(second);
  expect(proof.code).toBe(9);
  expect(proof.lines).toEqual([expect.stringMatching(/^differs {2}field note {2}\/data\/experiments\//)]);
});

test('a withdrawal takes its own files from every level, and no others', { timeout: 120_000 }, async () => {
  const operator = await operatorToken(machine);
  const certificate = join(machine.site.home, 'certificate.json');
  const withdrawn = await machine.site.cli(['withdraw', first.submission, '-o', certificate], operator);
  expect(withdrawn).toMatchObject({ code: 0 });
  expect(withdrawn.err).toContain('6 files are gone from XNAT');
  expect(await machine.site.cli(['verify', certificate, '--archive'])).toMatchObject({ code: 0, lines: [] });
  expect(JSON.parse(await readFile(certificate, 'utf8')).certificate.archive).toMatchObject([
    { session: 'QZAQZ', sessionRemoved: true, subjectRemoved: false },
  ]);
  for (const { level } of levels) expect(await contents('QZBQZ', level)).toEqual([`${level} of QZBQZ`]);
  expect((await askXnat(xnat, { path: '/data/projects/DEMO/experiments/QZAQZ?format=json' })).status).toBe(404);
});
