import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { type UploadEvent, uploadSubmission } from '../../core/upload/uploadSubmission.ts';
import { sha256 } from '../core/pack/streams.ts';
import { localFiles } from '../core/upload/uploads.ts';
import { partOf, send } from '../fakes/openApi.ts';
import { expectArchivedOnce } from './expectArchivedOnce.ts';
import { type Machine, startMachine } from './machine.ts';
import { type StudyFile, studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
}, 180_000);
afterAll(() => machine.stop());

const planned = (files: readonly StudyFile[]) =>
  localFiles(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])));
const partsSent = async () => (await machine.airlock.counters()).s3.UploadPart ?? 0;

describe('an upload that stopped', () => {
  test('goes on with the parts that are missing, and sends none twice', { timeout: 120_000 }, async () => {
    const { site } = machine;
    // 19 MB in parts of 8 MiB
    const files = studyOf('resumed', { slices: 4, edge: 1536 });
    const { bytes, plan } = planned(files);
    const before = await partsSent();
    const stopped = new AbortController();
    const stopping: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init);
      // the second part has arrived, and its answer is lost
      if (String(url).includes('partNumber=2')) stopped.abort(new Error('stopped'));
      return answer;
    };
    const events: UploadEvent[] = [];
    const ports = { ...site.portsFor(bytes, stopping), signal: stopped.signal, partsInFlight: 1 };
    const first = uploadSubmission(ports, { plan, target: { project: 'DEMO' } }, (event) => events.push(event));
    await expect(first).rejects.toThrow('stopped');
    const submission = events.flatMap((event) => (event.type === 'opened' ? [event.submission] : []))[0] ?? '';
    expect((await partsSent()) - before).toBe(2);

    const folder = await site.writeFolder('resumed', files);
    const resumed = await site.cli(['upload', folder, '--resume', submission, '--wait', '--json']);
    expect(resumed.code).toBe(0);
    const skipped = resumed.events.filter(({ type }) => type === 'part').map((part) => part.skipped);
    expect(skipped.sort()).toEqual([false, true, true]);
    await expectArchivedOnce({ site, submission, folder, archived: 4 });

    const sent = await partsSent();
    const again = await site.cli(['upload', folder, '--resume', submission, '--wait', '--json']);
    expect(again).toMatchObject({ code: 0 });
    expect(await partsSent()).toBe(sent);
  });

  test('does not go on with other files', { timeout: 60_000 }, async () => {
    const { site } = machine;
    const { plan } = planned(studyOf('announced'));
    const { id } = await site.api.createSubmission({ project: 'DEMO' });
    await site.api.putManifest(id, plan.manifest.summary);
    const other = await site.writeFolder('other', studyOf('other'));
    const refused = await site.cli(['upload', other, '--resume', id]);
    expect(refused).toMatchObject({ code: 8, err: expect.stringContaining('ManifestMismatch') });
    expect(await site.api.getSubmission(id)).toMatchObject({ state: 'uploading' });
  });

  test('is archived once when two send it at the same time', { timeout: 120_000 }, async () => {
    const { site } = machine;
    const files = studyOf('twice', { slices: 2 });
    const { bytes, plan } = planned(files);
    const folder = await site.writeFolder('twice', files);
    const { id } = await site.api.createSubmission({ project: 'DEMO' });
    const upload = () => uploadSubmission(site.portsFor(bytes), { plan, target: { resume: id } });
    const both = await Promise.allSettled([upload(), upload()]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.length).toBeLessThan(2);
    // whoever comes late is told so, and finds the work done
    for (const error of refused) expect(error).toMatchObject({ code: 'StateConflict' });
    expect((await upload()).id).toBe(id);
    const { events } = await expectArchivedOnce({ site, submission: id, folder, archived: 2 });
    expect(events.filter(({ type }) => type === 'attempt.started')).toHaveLength(1);
  });

  test('is committed once however often it is said', { timeout: 60_000 }, async () => {
    const { site } = machine;
    const files = studyOf('committed often', { slices: 2 });
    const { plan } = planned(files);
    const submission = await site.send(files);
    const body = { manifestSha256: plan.manifest.summary.sha256 };
    await Promise.all([1, 2, 3].map(() => site.api.commitSubmission(submission, body)));
    const folder = await site.writeFolder('committed often', files);
    await expectArchivedOnce({ site, submission, folder, archived: 2 });
    expect(await site.api.commitSubmission(submission, body)).toMatchObject({ state: 'archived' });
    const { events } = await site.api.listEvents(submission);
    expect(events.filter(({ type }) => type === 'attempt.started')).toHaveLength(1);
  });
});

describe('a manifest that does not agree with what arrived', () => {
  const objects = ['pack-000001', 'file-000001'] as const;
  type ObjectName = (typeof objects)[number];

  interface ByHand {
    announce: readonly ObjectName[];
    sent: readonly ObjectName[];
    /** Digest that the manifest gives for the file that is sent alone. */
    claimed?: string;
  }

  /** Sends a pack of one file, and one file alone, without the client's own checks. */
  async function sendByHand(name: string, { announce, sent, claimed }: ByHand): Promise<string> {
    const { api } = machine.site;
    const [inPack, alone] = studyOf(name, { slices: 2 });
    const [packed] = planned(inPack === undefined ? [] : [inPack]).plan.objects;
    if (inPack === undefined || alone === undefined || packed === undefined) throw new Error('The study is too small');
    const segments = packed.layout.segments({ start: 0, end: packed.layout.sizeBytes });
    const bodies: Record<ObjectName, Uint8Array> = {
      'pack-000001': Buffer.concat(segments.map((segment) => ('bytes' in segment ? segment.bytes : inPack.bytes))),
      'file-000001': alone.bytes,
    };
    const line = ({ path, bytes }: StudyFile, object: ObjectName, digest = sha256(bytes)) =>
      `${JSON.stringify({ path, size: bytes.length, sha256: digest, object, kind: 'dicom' })}\n`;
    const lines = { 'pack-000001': line(inPack, 'pack-000001'), 'file-000001': line(alone, 'file-000001', claimed) };
    const manifest = Buffer.from(announce.map((object) => lines[object]).join(''));
    const sizes = { 'pack-000001': inPack.bytes.length, 'file-000001': alone.bytes.length };
    const bytes = announce.reduce((sum, object) => sum + sizes[object], 0);
    const summary = { sha256: sha256(manifest), sizeBytes: manifest.length, files: announce.length, bytes };
    const { id } = await api.createSubmission({ project: 'DEMO' });
    const { upload } = await api.putManifest(id, summary);
    expect((await send(upload, manifest)).status).toBe(200);
    for (const object of sent) {
      const body = bodies[object];
      const { parts } = await api.signParts(id, object, { parts: [partOf(1, body)] });
      for (const part of parts) expect((await send(part, body)).status).toBe(200);
      await api.completeObject(id, object, { parts: [partOf(1, body)] });
    }
    await api.commitSubmission(id, { manifestSha256: summary.sha256 });
    return id;
  }

  test('one file with another digest is refused, the others are archived', { timeout: 60_000 }, async () => {
    const { site } = machine;
    const claimed = sha256(Buffer.from('other'));
    const id = await sendByHand('another digest', { announce: objects, sent: objects, claimed });
    expect(await site.rested(id)).toMatchObject({ state: 'archived', outcome: { archived: 1, refused: 1 } });
    const { receipt } = await site.api.getReceipt(id);
    const refused = receipt.files.filter(({ outcome }) => outcome === 'refused');
    expect(refused).toMatchObject([{ code: 'ArrivalDigestMismatch' }]);
  });

  test.each<ByHand & { why: string }>([
    { announce: objects, sent: ['pack-000001'], why: 'an object did not arrive' },
    { announce: ['pack-000001'], sent: objects, why: 'an object was not announced' },
  ])('it fails as a whole and keeps what came when $why', { timeout: 60_000 }, async ({ why, ...order }) => {
    const id = await sendByHand(why, order);
    expect(await machine.site.rested(id)).toMatchObject({ state: 'failed', reason: 'ManifestMismatch' });
    const stored = await machine.versions('STAGING');
    for (const object of order.sent) expect(stored).toContain(stagingKeys.object(id, object));
    await expect(machine.site.api.getReceipt(id)).rejects.toMatchObject({ code: 'ReceiptNotReady' });
  });
});
