import type { Finding, Review } from '../../../core/submission/contracts/steps.ts';
import { type ReviewedFact, reviewFiles } from '../../../core/submission/review/reviewFiles.ts';
import { findingMerger } from '../../../core/validation/mergeFindings.ts';
import type { LocalFile } from '../files/localInput.ts';
import { counted } from '../terminal/counted.ts';
import type { Reporter } from '../terminal/reporter.ts';
import type { LocalProject } from './localProject.ts';
import type { FileThreads } from './openFileThreads.ts';
import type { plannedPlaces } from './plannedPlaces.ts';

interface Examining {
  files: readonly LocalFile[];
  project: LocalProject;
  threads: FileThreads;
  report: Reporter;
  /** What the project makes of files that are no DICOM; they are refused where nothing is said. */
  place?: ReturnType<typeof plannedPlaces>;
  /** Where nobody is told what only informs, it is not looked for. */
  onlyDeciding?: boolean;
  /** Called for each file, in order, and once more for one that fails later. */
  onFile?: (file: LocalFile, findings: readonly Finding[]) => void;
}

/** A person wants to see that something happens, not each file. */
const filesPerProgress = 1000;

/** The pipeline's Validate and Review, on this computer. Findings that only inform are one for each rule and attribute. */
export async function examineFiles(
  examining: Examining,
): Promise<{ facts: ReviewedFact[]; findings: Finding[]; review: Review }> {
  const { files, project, threads, report, onFile, onlyDeciding = false, place = (examined) => examined } = examining;
  const facts: ReviewedFact[] = [];
  const merger = findingMerger();
  const tasks = files.map((file, number) => ({ number, file, onlyDeciding }));
  for await (const examined of threads.run('examine', tasks)) {
    const { fact, findings: found } = place(examined);
    const file = files[fact.file];
    if (file !== undefined) onFile?.(file, found);
    facts.push(fact);
    for (const each of found) merger.add(each);
    if (facts.length % filesPerProgress === 0) {
      report.progress(
        { type: 'progress', done: facts.length, of: files.length },
        `${facts.length} of ${counted(files.length, 'file is', 'files are')} read`,
      );
    }
  }
  const failed = await digestCopies(facts, examining);
  const findings = [...merger.all(), ...failed.values()];
  const { excluded, ...review } = reviewFiles({ facts, findings }, project.policy, {});
  // its copies contradict it, for all that is known
  const told = excluded.map((each) =>
    each.code === 'InstanceConflict' ? { ...each, code: failed.get(each.file)?.code ?? each.code } : each,
  );
  return { facts, findings, review: { ...review, excluded: told } };
}

/**
 * Files of one instance are equal, or wait for a person: only these are digested. To digest all took as long as the
 * rest of their first reading, and few sets have any. Answers what failed, by number.
 */
async function digestCopies(
  facts: readonly ReviewedFact[],
  { files, threads, onFile }: Examining,
): Promise<Map<number, Finding>> {
  const copies = [...Map.groupBy(facts, ({ dicom }) => dicom?.instance)].flatMap(([instance, group]) =>
    instance === undefined || group.length === 1 ? [] : group,
  );
  const tasks = copies.flatMap(({ file: number }) => {
    const file = files[number];
    return file === undefined ? [] : [{ number, file }];
  });
  const byNumber = new Map(copies.map((fact) => [fact.file, fact]));
  const failures = new Map<number, Finding>();
  for await (const { file: number, sha256, failed } of threads.run('digest', tasks)) {
    const fact = byNumber.get(number);
    if (fact !== undefined && sha256 !== undefined) fact.sha256 = sha256;
    if (failed === undefined) continue;
    failures.set(number, failed);
    const file = files[number];
    if (file !== undefined) onFile?.(file, [failed]);
  }
  return failures;
}
