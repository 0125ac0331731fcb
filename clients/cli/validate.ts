import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { examineDicom } from '../../core/deid/examineDicom.ts';
import type { Command } from './CliContext.ts';
import { exitCodes } from './exitCodes.ts';
import { refusal } from './exitOf.ts';
import { openLocalFolder } from './localFolder.ts';
import { openLocalProject } from './localProject.ts';
import { nodeCodecs } from './nodeCodecs.ts';
import { reporter } from './reporter.ts';
import { streamLocalFile } from './streamLocalFile.ts';

/** `airlock validate PATH`: the pipeline's own examination of each file, on this computer; nothing is sent. */
export const validate: Command = async (args, context) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { format: { type: 'string', default: 'human' }, profile: { type: 'string' } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw refusal('usage', 'Cannot validate: name one folder or file');
  if (!['human', 'jsonl'].includes(values.format))
    throw refusal('usage', 'Cannot validate: --format is human or jsonl');
  const report = reporter(context, values.format === 'jsonl');
  const project = await openLocalProject(context, { profile: values.profile });
  const folder = await openLocalFolder(resolve(context.cwd, path));
  const counts = { accept: 0, hold: 0, refuse: 0 };
  for (const [number, file] of folder.files.entries()) {
    context.signal.throwIfAborted();
    const { findings } = await examineDicom(streamLocalFile(folder, file), { codecs: nodeCodecs, ...project });
    for (const finding of findings) {
      const { disposition, code, message } = finding;
      const line = `${disposition}  ${code}  ${file.path}  ${message}`;
      report.result({ type: 'finding', file: number, path: file.path, ...finding }, [line]);
    }
    const verdicts = findings.map(({ disposition }) => disposition);
    counts[(['refuse', 'hold'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'accept'] += 1;
  }
  report.result({ type: 'summary', files: folder.files.length, ...counts, ...folder.skipped }, [
    `${folder.files.length} files: ${counts.accept} would be accepted, ${counts.hold} held, ${counts.refuse} refused`,
  ]);
  if (counts.refuse > 0) return exitCodes.refused;
  return counts.hold > 0 ? exitCodes.held : exitCodes.archived;
};
