import { reviewFiles } from '../../core/submission/reviewFiles.ts';
import type { Fact, Finding, Review } from '../../core/submission/steps.ts';
import type { LocalFile } from './localInput.ts';
import type { LocalProject } from './localProject.ts';
import type { FileThreads } from './openFileThreads.ts';
import type { plannedPlaces } from './plannedPlaces.ts';
import type { Reporter } from './reporter.ts';

interface Examining {
  files: readonly LocalFile[];
  project: LocalProject;
  threads: FileThreads;
  report: Reporter;
  /** What the project makes of files that are no DICOM; they are refused where nothing is said. */
  place?: ReturnType<typeof plannedPlaces>;
  /** Called for each file, in order. */
  onFile?: (file: LocalFile, findings: readonly Finding[]) => void;
}

/** A person wants to see that something happens, not each file. */
const filesPerProgress = 1000;

/** The pipeline's Validate and Review, on this computer. */
export async function examineFiles(
  examining: Examining,
): Promise<{ facts: Fact[]; findings: Finding[]; review: Review }> {
  const { files, project, threads, report, onFile, place = (examined) => examined } = examining;
  const facts: Fact[] = [];
  const findings: Finding[] = [];
  const tasks = files.map((file, number) => ({ number, file }));
  for await (const examined of threads.run('examine', tasks)) {
    const { fact, findings: found } = place(examined);
    const file = files[fact.file];
    if (file !== undefined) onFile?.(file, found);
    facts.push(fact);
    findings.push(...found);
    if (facts.length % filesPerProgress === 0) {
      report.progress(
        { type: 'progress', done: facts.length, of: files.length },
        `${facts.length} of ${files.length} files are read`,
      );
    }
  }
  return { facts, findings, review: reviewFiles({ facts, findings }, project.policy, {}) };
}
