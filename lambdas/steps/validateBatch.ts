import { examineDicom } from '../../core/deid/examineDicom.ts';
import { gradeOf } from '../../core/policy/gradeOf.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { requireAttempt } from '../../core/submission/attempts/advance.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { type FindingCode, findingCatalogue } from '../../core/submission/codes/findingCatalogue.ts';
import { worstOf } from '../../core/submission/codes/worstOf.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import {
  BatchInput,
  BatchPlan,
  type Fact,
  type Finding,
  Nothing,
  type PlannedFile,
} from '../../core/submission/contracts/steps.ts';
import { requireAppliedPolicy } from '../../core/submission/planning/requireAppliedPolicy.ts';
import type { Bytes, Ports } from '../../core/submission/ports.ts';
import { takeOtherFile } from '../../core/submission/review/takeOtherFile.ts';
import { readDocument, writeLines } from '../../core/submission/storage/documents.ts';
import { observeBytes } from '../../core/submission/storage/observeBytes.ts';
import { readBatch } from '../../core/submission/storage/readBatch.ts';
import { mergeFindings } from '../../core/validation/mergeFindings.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ValidatePorts = Pick<Ports, 'ledger' | 'staging' | 'work' | 'codecs' | 'policies' | 'projectKeys'>;

interface Verdict {
  fact: Fact;
  findings: Finding[];
}

interface Context {
  codecs: Ports['codecs'];
  policy: ProjectPolicy;
  key: Uint8Array;
  /** What the site asked for. */
  askedLabels: string[];
  /** What may stand in no label that is asked for later, of all files of the batch. */
  labelDigests: Set<string>;
}

/**
 * Reads each file of a batch once: does it equal its announcement, is it sound DICOM, does the project take it? What
 * is wrong with a file is a finding, and the next file goes on.
 */
export const validateBatch = (ports: ValidatePorts) => async (input: BatchInput) => {
  const { ledger, work, policies, projectKeys, codecs } = ports;
  const { submission, item } = input;
  const current = await requireAttempt(ledger, input);
  const policy = requireAppliedPolicy(policies, current);
  const askedLabels = [current.subject, current.session].filter((label) => label !== undefined);
  const labelDigests = new Set<string>();
  const context = { codecs, policy, key: await projectKeys.of(current.project), askedLabels, labelDigests };
  const plan = await readDocument(work, workKeys.batchPlan(submission, item.batch), BatchPlan);
  const verdicts: Verdict[] = plan.files
    .filter(({ offset }) => offset === undefined)
    .map((each) => missing(each, context));
  for await (const { planned, body } of readBatch(ports, submission, plan)) {
    verdicts.push(await validateFile(planned, body, context));
  }
  await writeLines(work, workKeys.labelDigests(submission, item.batch), [...labelDigests]);
  await writeLines(
    work,
    workKeys.findings(submission, item.batch),
    mergeFindings(verdicts.flatMap(({ findings }) => findings)),
  );
  await writeLines(
    work,
    workKeys.facts(submission, item.batch),
    verdicts.map(({ fact }) => fact),
  );
  return {};
};

async function validateFile(planned: PlannedFile, body: Bytes, context: Context): Promise<Verdict> {
  const observed = observeBytes(body, context.codecs);
  try {
    const { findings, dicom } = await examineDicom(observed.body, context);
    const arrived = await observed.finish();
    if (arrived.sha256 !== planned.sha256 || arrived.sizeBytes !== planned.sizeBytes) {
      return refused(planned, finding('ArrivalDigestMismatch', planned, context), arrived);
    }
    const named = findings.map((each) => ({ ...each, file: planned.file }));
    const disposition = worstOf(named.map((each) => each.disposition));
    const fact = { ...factOf(planned, arrived), disposition, ...(dicom === undefined ? {} : { dicom }) };
    return takeOtherFile({ fact, findings: named }, planned.resource, context.policy);
  } catch (error) {
    // one broken member is that file's finding; a fault of the storage is not
    if (!DomainError.is(error) || error.name !== 'PackInvalid') throw error;
    return refused(planned, finding('PackEntryBroken', planned, context), planned);
  }
}

const factOf = ({ file, folders }: PlannedFile, arrived: Pick<Fact, 'sizeBytes' | 'sha256'>) => ({
  ...{ file, ...arrived },
  ...(folders && { folders }),
});

const missing = (planned: PlannedFile, context: Context) =>
  refused(planned, finding('PackEntryMissing', planned, context), planned);

function refused(
  planned: PlannedFile,
  cause: Finding,
  { sizeBytes, sha256 }: Pick<Fact, 'sizeBytes' | 'sha256'>,
): Verdict {
  const fact = { ...factOf(planned, { sizeBytes, sha256 }), disposition: cause.disposition };
  return { fact, findings: [cause] };
}

function finding(code: FindingCode, { file }: PlannedFile, { policy }: Context): Finding {
  return { code, file, ...gradeOf(code, policy), message: findingCatalogue[code].meaning };
}

export const handler = stepHandler({ input: BatchInput, output: Nothing }, validateBatch);
