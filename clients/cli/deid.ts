import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { deidentify } from '../../core/deid/deidentify.ts';
import { examineDicom } from '../../core/deid/examineDicom.ts';
import { sessionPseudonym } from '../../core/deid/sessionPseudonym.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import type { CliContext, Command } from './CliContext.ts';
import { exitCodes } from './exitCodes.ts';
import { refusal } from './exitOf.ts';
import { type LocalFolder, openLocalFolder } from './localFolder.ts';
import { type LocalProject, openLocalProject } from './localProject.ts';
import { nodeCodecs } from './nodeCodecs.ts';
import { streamLocalFile } from './streamLocalFile.ts';

/**
 * `airlock deid PATH --out DIR`: what the pipeline would put into the archive, on this computer; nothing is sent.
 * Files are named by mapped series and instance, never as they were.
 */
export const deid: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      profile: { type: 'string' },
      'key-file': { type: 'string' },
      diff: { type: 'boolean', default: false },
    },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1)
    throw refusal('usage', 'Cannot de-identify: name one folder or file');
  if (values.out === undefined) throw refusal('usage', 'Cannot de-identify: name the folder to write to with --out');
  const project = await openLocalProject(context, { profile: values.profile, keyFile: values['key-file'] });
  const folder = await openLocalFolder(resolve(context.cwd, path));
  const out = resolve(context.cwd, values.out);
  let written = 0;
  for (const [number, file] of folder.files.entries()) {
    context.signal.throwIfAborted();
    const outcome = await cleanFile({ folder, file, out, project }).catch(refusalOf);
    if ('code' in outcome) {
      context.err(`file ${number} is not written: ${outcome.code}`);
      continue;
    }
    written += 1;
    context.out(outcome.name);
    if (values.diff) showChanges(context, outcome.changes);
  }
  context.err(`${written} of ${folder.files.length} files are written`);
  if (written === folder.files.length) return exitCodes.archived;
  return written === 0 ? exitCodes.refused : exitCodes.partial;
};

interface Cleaning {
  folder: LocalFolder;
  file: LocalFolder['files'][number];
  out: string;
  project: LocalProject;
}

type Changes = ReturnType<Awaited<ReturnType<typeof deidentify>>['changes']>;

/** Two readings, as the pipeline does: one decides, one writes. A file appears under its name only when it is whole. */
async function cleanFile({
  folder,
  file,
  out,
  project,
}: Cleaning): Promise<{ name: string; changes: Changes } | { code: string }> {
  const context = { codecs: nodeCodecs, ...project };
  const { findings, dicom } = await examineDicom(streamLocalFile(folder, file), context);
  const fault = findings.find(({ disposition }) => disposition !== 'accept');
  if (fault !== undefined) return { code: fault.code };
  if (dicom === undefined) return { code: 'IdentityIncomplete' };
  const labels = {
    project: project.policy.project,
    subject: dicom.patient,
    session: sessionPseudonym(project.key, dicom.study),
  };
  const { output, instance, changes } = await deidentify(streamLocalFile(folder, file), { ...context, labels });
  const name = join(dicom.series, `${instance}.dcm`);
  const unfinished = join(out, `${name}.part`);
  await mkdir(join(out, dicom.series), { recursive: true });
  try {
    await pipeline(output, createWriteStream(unfinished));
    await rename(unfinished, join(out, name));
  } finally {
    await rm(unfinished, { force: true });
  }
  return { name, changes: changes() };
}

function refusalOf(error: unknown): { code: string } {
  if (DomainError.is(error)) return { code: error.name };
  throw error;
}

function showChanges({ out }: CliContext, changes: Changes): void {
  for (const { path, vr, action, rule } of changes) {
    if (action !== 'kept') out(`  ${path} ${vr} ${action}  ${rule}`);
  }
}
