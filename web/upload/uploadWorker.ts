import { ApiProblem } from '../../core/upload/ApiProblem.ts';
import { apiClient } from '../../core/upload/apiClient.ts';
import type { InspectedFile } from '../../core/upload/inspectFile.ts';
import { inspectFiles } from '../../core/upload/inspectFiles.ts';
import { planUpload, type UploadPlan } from '../../core/upload/planUpload.ts';
import { retrying } from '../../core/upload/retrying.ts';
import { summarizeFiles } from '../../core/upload/summarizeFiles.ts';
import { uploadSubmission } from '../../core/upload/uploadSubmission.ts';
import { plainProblem } from '../words/plainProblem.ts';
import { clockFromWeb } from './clockFromWeb.ts';
import { codecsFromWeb, digestBytes } from './codecsFromWeb.ts';
import type { ChosenFile, FromWorker, ToWorker } from './workerMessages.ts';

/** Files are read, hashed and sent here, so that the page stays quick. One choice of files at a time. */
const files = new Map<string, File>();
let inspected: InspectedFile[] = [];
let plan: UploadPlan | undefined;
let sending = new AbortController();
let giveToken: (token: string | undefined) => void = () => undefined;

const tell = (message: FromWorker) => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  perform(data).catch((error: unknown) => {
    tell(sending.signal.aborted ? { kind: 'paused' } : { kind: 'failed', problem: plainProblem(error) });
  });
});

async function perform(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'inspect':
      return inspect(message.files);
    case 'plan':
      return arrange(message.dicomOnly);
    case 'send':
      return send(message);
    case 'pause':
      return sending.abort();
    case 'token':
      return giveToken(message.token);
  }
}

async function readFile(path: string, { start, end }: { start: number; end: number }) {
  const file = files.get(path) ?? new File([], path);
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

const tellEveryMilliseconds = 100;

async function inspect(chosen: ChosenFile[]): Promise<void> {
  files.clear();
  inspected = [];
  for (const { path, file } of chosen) files.set(path, file);
  const ofBytes = chosen.reduce((sum, { file }) => sum + file.size, 0);
  let count = 0;
  let bytes = 0;
  let told = 0;
  const listed = chosen.map(({ path, file }) => ({ path, sizeBytes: file.size }));
  inspected = await inspectFiles({ readFile, codecs: codecsFromWeb, digestBytes }, listed, ({ file }) => {
    count += 1;
    bytes += file.sizeBytes;
    if (performance.now() - told < tellEveryMilliseconds) return;
    told = performance.now();
    tell({ kind: 'inspecting', progress: { files: count, ofFiles: chosen.length, bytes, ofBytes } });
  });
  const summary = summarizeFiles(inspected);
  tell({ kind: 'inspected', summary });
  arrange(summary.dicom > 0);
}

function arrange(dicomOnly: boolean): void {
  const sent = inspected.map(({ file }) => file).filter(({ kind }) => kind === 'dicom' || !dicomOnly);
  plan = planUpload(sent, codecsFromWeb);
  const { sha256: manifestSha256, files: count } = plan.manifest.summary;
  const bytes = plan.objects.reduce((sum, { layout }) => sum + layout.sizeBytes, 0);
  tell({ kind: 'planned', plan: { dicomOnly, manifestSha256, files: count, bytes } });
}

async function send({ origin, target }: Extract<ToWorker, { kind: 'send' }>): Promise<void> {
  if (plan === undefined) return;
  sending = new AbortController();
  const { signal } = sending;
  const clock = clockFromWeb(signal);
  const retry = retrying({ clock, random: Math.random, signal });
  const fetch = self.fetch.bind(self);
  const api = apiClient({ url: origin, fetch, token: askForToken, retry, signal });
  const ports = { api, fetch, readFile, codecs: codecsFromWeb, digestBytes, retry, signal };
  const order = { plan, target, idempotencyKey: keyFor(target) };
  const submission = await uploadSubmission(ports, order, (event) => tell({ kind: 'event', event }));
  tell({ kind: 'committed', submission, paths: plan.objects.flatMap((each) => each.files.map(({ path }) => path)) });
}

/** One key for one wish, however often it is sent: a creation whose answer was lost is not made twice. */
let wish = { target: '', key: '' };

function keyFor(target: object): string {
  const asked = JSON.stringify(target);
  if (wish.target !== asked) wish = { target: asked, key: crypto.randomUUID() };
  return wish.key;
}

/** Tokens stay with the page, which can renew them; the worker asks for one when it needs it. */
let asking: Promise<string> | undefined;

function askForToken({ renew }: { renew: boolean }): Promise<string> {
  asking ??= new Promise<string>((resolve, reject) => {
    giveToken = (token) => {
      asking = undefined;
      if (token !== undefined) return resolve(token);
      reject(
        new ApiProblem('Cannot go on: the sign-in has ended', {
          code: 'Unauthenticated',
          status: 401,
          retryable: false,
        }),
      );
    };
    tell({ kind: 'tokenWanted', renew });
  });
  return asking;
}
