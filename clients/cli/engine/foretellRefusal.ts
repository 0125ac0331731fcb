import { deidentify } from '../../../core/deid/deidentify.ts';
import type { DetachedFile } from '../../../core/dicom/detachFile.ts';
import { gradeOf } from '../../../core/policy/gradeOf.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { type FindingCode, findingCatalogue } from '../../../core/submission/codes/findingCatalogue.ts';
import type { Finding } from '../../../core/submission/contracts/steps.ts';
import type { LocalFile } from '../files/localInput.ts';
import { nodeCodecs } from '../files/nodeCodecs.ts';
import { openInput } from '../files/streamInput.ts';
import type { LocalProject } from './localProject.ts';

interface Asked {
  number: number;
  file: LocalFile;
  /** What the first reading kept. */
  read: DetachedFile | undefined;
}

/**
 * What a first reading does not see in a file that it lets through: that it cannot be de-identified. All but the pixels
 * is planned, rendered and proven for it, as for an output that nobody writes; labels decide on nothing of that.
 * @throws errors of the file system, which isUnreadable knows, and PackInvalid
 */
export async function foretellRefusal(
  { number, file, read }: Asked,
  project: LocalProject,
): Promise<Finding | undefined> {
  const { policy } = project;
  const labels = { project: policy.project, subject: 'SUB-000000000000', session: 'SUB-000000000000_1' };
  const input = openInput(file);
  try {
    const context = { codecs: nodeCodecs, ...project, labels, read };
    const { release } = await deidentify(input.body, context);
    release();
    return undefined;
  } catch (error) {
    const code = findingCodeOf(error);
    if (code === undefined) throw error;
    const message = error instanceof Error ? error.message : findingCatalogue[code].meaning;
    return { code, file: number, ...gradeOf(code, policy), message };
  } finally {
    await input.close();
  }
}

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(findingCatalogue, code);

const findingCodeOf = (error: unknown) => (DomainError.is(error) && isFindingCode(error.name) ? error.name : undefined);
