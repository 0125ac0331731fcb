import { join } from 'node:path';
import type { Review } from '../../../core/submission/contracts/steps.ts';
import type { ReviewedFact } from '../../../core/submission/review/reviewFiles.ts';
import { routeFiles } from '../../../core/submission/review/routeFiles.ts';
import { refusal } from '../exitOf.ts';
import type { LocalFile } from '../files/localInput.ts';
import type { CleanTask } from './cleanFile.ts';

interface Examined {
  files: readonly LocalFile[];
  facts: readonly ReviewedFact[];
  review: Review;
  project: string;
}

/** A file that is not written, and the code that says why. */
export interface Left {
  number: number;
  code: string;
  /** What is told of a fault of this program. */
  message?: string | undefined;
  /** `(gggg,eeee)` and byte, where one element is the reason. */
  tag?: string | undefined;
  offset?: number | undefined;
}

/** A name is made of mapped UIDs; where a policy keeps UIDs, one that is none could lead out of the folder. */
const safeName = /^\d+(?:\.\d+)*$/;

/**
 * Carries a review out on this computer: what to write and what to leave. Nobody releases a held file here, and of a
 * rejected set nothing is written. Equal copies are in neither list.
 * @param out absolute folder
 * @throws a refusal `conflict` when a file that is read would be written over
 */
export function planCleaning(
  { files, facts, review, project }: Examined,
  { out, ...wants }: Pick<CleanTask, 'out' | 'wantsChanges' | 'wantsValues' | 'wantsIdentity' | 'sparesCore'>,
): { tasks: CleanTask[]; left: Left[] } {
  const [reason = 'NothingToArchive'] = review.reasons;
  if (review.decision === 'reject') return { tasks: [], left: allLeft(facts, review, reason) };
  const routes = routeFiles({ ...review, decision: 'accept' }, facts);
  const inputs = new Set(files.map(({ source }) => source));
  const left: Left[] = [];
  const tasks = facts.flatMap(({ file: number, dicom }): CleanTask[] => {
    const route = routes.get(number);
    const file = files[number];
    if (route?.kind === 'aside' && route.disposition !== 'duplicate') left.push({ number, code: route.code });
    if (route?.kind !== 'archive' || dicom === undefined || file === undefined) return [];
    if (!safeName.test(dicom.series) || !safeName.test(dicom.instance)) {
      left.push({ number, code: 'UidInvalid' });
      return [];
    }
    const name = join(dicom.series, `${dicom.instance}.dcm`);
    if (inputs.has(join(out, name))) {
      throw refusal('conflict', `Cannot write file ${number}: it would take the place of a file that is read`);
    }
    const { subject, session } = route.session;
    const { instance } = dicom;
    return [{ number, file, instance, labels: { project, subject, session }, out, name, ...wants }];
  });
  return { tasks, left };
}

function allLeft(facts: readonly ReviewedFact[], { excluded }: Review, reason: string): Left[] {
  const codes = new Map(excluded.map(({ file, code }) => [file, code]));
  return facts.map(({ file: number }) => ({ number, code: codes.get(number) ?? reason }));
}
