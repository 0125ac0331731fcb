import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { CreateSubmissionBody, SubmissionView } from '../../../core/submission/contracts/api.ts';
import { OnConflict, XnatLabel } from '../../../core/submission/contracts/Submission.ts';
import { isFinal } from '../../../core/submission/contracts/states.ts';
import { inspectFiles } from '../../../core/upload/inspectFiles.ts';
import { planUpload, type UploadPlan } from '../../../core/upload/planUpload.ts';
import { summarizeFiles } from '../../../core/upload/summarizeFiles.ts';
import { type UploadEvent, uploadSubmission } from '../../../core/upload/uploadSubmission.ts';
import type { CliContext, Command } from '../CliContext.ts';
import { exitOfSubmission, refusal } from '../exitOf.ts';
import { leftOut } from '../files/leftOut.ts';
import { type LocalFolder, openLocalFolder } from '../files/localFolder.ts';
import { digestBytes, nodeCodecs } from '../files/nodeCodecs.ts';
import { endLines } from '../session/endLines.ts';
import { openService, type Service } from '../session/openService.ts';
import { putOverHttp } from '../session/putOverHttp.ts';
import { writeNotes } from '../session/uploadNotes.ts';
import { waitForArchive } from '../session/waitForArchive.ts';
import { counted } from '../terminal/counted.ts';
import { parseArgs } from '../terminal/parseArgs.ts';
import { type Reporter, readableBytes, reporter } from '../terminal/reporter.ts';

/** `airlock upload PATH`: reads, announces, sends and commits a folder; with --wait follows it into the archive. */
export const upload: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      subject: { type: 'string' },
      session: { type: 'string' },
      'on-conflict': { type: 'string' },
      resume: { type: 'string' },
      wait: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw refusal('usage', 'Cannot upload: name one folder or file');
  const target = targetOf(values);
  const report = reporter(context, values.json);
  const service = await openService(context);
  const folder = await openLocalFolder(resolve(context.cwd, path));
  if (folder.files.length === 0) throw refusal('usage', `There is no file to send there; ${leftOut(folder.skipped)}`);
  const plan = await planFolder(folder, context, report);
  const sent = await send({ context, service, report, folder, plan }, target);
  const { id: submission, state, reason } = sent;
  if (values.wait)
    return waitForArchive({ context, service, report }, submission, { manifestSha256: plan.manifest.summary.sha256 });
  const isResting = reason !== undefined || isFinal(state);
  report.result(
    { type: 'summary', submission, state, ...(isResting && { code: reason }), ...plan.manifest.summary },
    isResting
      ? endLines(sent)
      : [`${submission} is uploaded; it is archived once \`airlock status ${submission}\` says so`],
  );
  return exitOfSubmission(sent);
};

interface Asked {
  project?: string;
  subject?: string;
  session?: string;
  resume?: string;
  'on-conflict'?: string;
}

function targetOf({ project, subject, session, resume, 'on-conflict': asked }: Asked) {
  if (resume !== undefined) return { resume };
  if (project === undefined) throw refusal('usage', 'Cannot upload: name the project with --project');
  const onConflict = OnConflict.optional().safeParse(asked);
  if (!onConflict.success) throw refusal('usage', 'Cannot upload: --on-conflict is fail, append or new-label');
  if (![project, subject, session].every((label) => !label || XnatLabel.safeParse(label).success)) {
    throw refusal(
      'usage',
      'Cannot upload: project, subject and session are of letters, digits, _ and -, 64 at the most',
    );
  }
  return {
    project,
    ...(subject && { subject }),
    ...(session && { session }),
    ...(onConflict.data && { onConflict: onConflict.data }),
  };
}

async function planFolder(folder: LocalFolder, { signal }: CliContext, report: Reporter): Promise<UploadPlan> {
  const ports = { readFile: folder.readFile, codecs: nodeCodecs, digestBytes };
  const inspected = await inspectFiles(ports, folder.files, () => signal.throwIfAborted());
  const { broken, ...counts } = summarizeFiles(inspected);
  const { junk, links } = folder.skipped;
  report.progress(
    { type: 'inspected', ...counts, broken: broken.length, junk, links },
    `${counted(counts.files, 'file')}, ${readableBytes(counts.bytes)}: ${counts.dicom} DICOM, ` +
      `${counted(counts.patients, 'patient')}, ${counted(counts.studies, 'study', 'studies')}, ${counts.series} series` +
      `; ${leftOut({ junk, links })}`,
  );
  const zips = inspected.filter(({ file }) => file.kind === 'other' && /\.zip$/i.test(file.path)).length;
  if (zips > 0) {
    report.progress(
      { type: 'warning', code: 'ZipNotOpened', count: zips },
      zips === 1
        ? '1 ZIP is sent as it is, and no image in it is seen: unpack it first'
        : `${zips} ZIPs are sent as they are, and no image in them is seen: unpack them first`,
    );
  }
  if (broken.length > 0) {
    const codes = [...new Set(broken.map(({ code }) => code))].join(', ');
    report.progress(
      { type: 'warning', code: codes, count: broken.length },
      `${counted(broken.length, 'file')} cannot be read: ${codes}`,
    );
  }
  return planUpload(
    inspected.map(({ file }) => file),
    nodeCodecs,
  );
}

interface Sending {
  context: CliContext;
  service: Service;
  report: Reporter;
  folder: LocalFolder;
  plan: UploadPlan;
}

async function send(
  { context, service, report, folder, plan }: Sending,
  target: CreateSubmissionBody | { resume: string },
): Promise<SubmissionView> {
  const { signal } = context;
  const paths = plan.objects.flatMap(({ files }) => files.map((file) => file.path));
  let opened: string | undefined;
  let noted: Promise<void> = Promise.resolve();
  const tell = tellProgress(
    report,
    plan.objects.reduce((sum, { layout }) => sum + layout.sizeBytes, 0),
  );
  const onEvent = (event: UploadEvent) => {
    if (event.type === 'opened') {
      opened = event.submission;
      noted = writeNotes(context, opened, paths);
      noted.catch(() => undefined);
    }
    tell(event);
  };
  const ports = {
    api: service.api,
    retry: service.retry,
    readFile: folder.readFile,
    codecs: nodeCodecs,
    digestBytes,
    fetch: putOverHttp,
    signal,
  };
  try {
    const view = await uploadSubmission(ports, { plan, target, idempotencyKey: randomUUID() }, onEvent);
    await noted;
    return view;
  } catch (error) {
    if (opened !== undefined) context.err(`To go on later: the same command with --resume ${opened}`);
    throw error;
  }
}

function tellProgress(report: Reporter, totalBytes: number): (event: UploadEvent) => void {
  let sentBytes = 0;
  return (event) => {
    if (event.type === 'part') sentBytes += event.bytes;
    report.progress(
      { ...event, ...(event.type === 'part' && { of: totalBytes }) },
      lineOf(event, sentBytes, totalBytes),
    );
  };
}

function lineOf(event: UploadEvent, sentBytes: number, totalBytes: number): string {
  switch (event.type) {
    case 'opened':
      return `${event.submission}: ${event.resumed ? 'resumed' : 'opened'}`;
    case 'announced':
      return 'manifest sent';
    case 'part':
      return `${event.object} part ${event.number}${event.skipped ? ' is there' : ' sent'}: ${readableBytes(sentBytes)} of ${readableBytes(totalBytes)}`;
    case 'object':
      return `${event.object} complete: ${counted(event.files, 'file')}`;
    case 'committed':
      return `${event.submission}: committed`;
  }
}
