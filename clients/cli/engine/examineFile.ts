import { examineDicom } from '../../../core/deid/examineDicom.ts';
import type { SkippableBytes } from '../../../core/dicom/byteSource.ts';
import { gradeOf } from '../../../core/policy/gradeOf.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { type FindingCode, findingCatalogue } from '../../../core/submission/codes/findingCatalogue.ts';
import { worstOf } from '../../../core/submission/codes/worstOf.ts';
import type { Finding } from '../../../core/submission/contracts/steps.ts';
import type { Bytes } from '../../../core/submission/ports.ts';
import type { ReviewedFact } from '../../../core/submission/review/reviewFiles.ts';
import type { LocalFile } from '../files/localInput.ts';
import { nodeCodecs } from '../files/nodeCodecs.ts';
import { openInput } from '../files/streamInput.ts';
import { isUnreadable } from '../files/unreadable.ts';
import { foretellRefusal } from './foretellRefusal.ts';
import { keepRead, roomForReads } from './keptReads.ts';
import type { LocalProject } from './localProject.ts';

export interface Examined {
  /** Without a digest: few files need one. */
  fact: Omit<ReviewedFact, 'sha256'>;
  findings: Finding[];
}

export interface ExamineTask {
  number: number;
  file: LocalFile;
  /** Where nobody is told what only informs. */
  onlyDeciding: boolean;
}

/** What the pipeline's Validate would find in one file of this computer. What is wrong with it never stops the others. */
export async function examineFile(task: ExamineTask, project: LocalProject): Promise<Examined> {
  try {
    const input = openInput(task.file);
    return await examineInput(task, project, input).finally(input.close);
  } catch (error) {
    return refused(task, project, codeOf(error));
  }
}

async function examineInput(
  { number, file, onlyDeciding }: ExamineTask,
  project: LocalProject,
  input: ReturnType<typeof openInput>,
): Promise<Examined> {
  const counted = { bytes: 0 };
  const state = input.state();
  // what is packed has no file of its own to copy pixels from
  const keepsBytes = state === undefined ? 0 : roomForReads();
  const context = { codecs: nodeCodecs, ...project, skipsPixelDigest: true, onlyDeciding, keepsBytes };
  const { findings: seen, dicom, read } = await examineDicom(countBytes(input.body, counted), context);
  const findings: Finding[] = seen.map((each) => ({ ...each, file: number }));
  const goesOn = dicom !== undefined && seen.every((each) => each.disposition === 'accept');
  if (goesOn && onlyDeciding && read !== undefined && state !== undefined) keepRead(file, { read, state });
  // who de-identifies it next learns it then
  const foretold = goesOn && !onlyDeciding ? await foretellRefusal({ number, file, read }, project) : undefined;
  if (foretold !== undefined) findings.push(foretold);
  const disposition = worstOf(findings.map((each) => each.disposition));
  return {
    fact: { file: number, sizeBytes: counted.bytes, disposition, ...(dicom === undefined ? {} : { dicom }) },
    findings,
  };
}

/** Also of bytes that are gone over. */
function countBytes(body: SkippableBytes, counted: { bytes: number }): SkippableBytes {
  const { skip } = body;
  return {
    [Symbol.asyncIterator]: () => countChunks(body, counted),
    skip:
      skip &&
      ((count) => {
        const passed = skip(count);
        counted.bytes += passed;
        return passed;
      }),
  };
}

async function* countChunks(body: Bytes, counted: { bytes: number }): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    counted.bytes += chunk.length;
    yield chunk;
  }
}

function codeOf(error: unknown): FindingCode {
  if (isUnreadable(error)) return 'FileUnreadable';
  if (DomainError.is(error) && error.name === 'PackInvalid') return 'PackEntryBroken';
  throw error;
}

function refused(
  { number, file }: Pick<ExamineTask, 'number' | 'file'>,
  { policy }: LocalProject,
  code: FindingCode,
): Examined {
  const grade = gradeOf(code, policy);
  return {
    fact: { file: number, sizeBytes: file.sizeBytes, disposition: grade.disposition },
    findings: [{ code, file: number, ...grade, message: findingCatalogue[code].meaning }],
  };
}
