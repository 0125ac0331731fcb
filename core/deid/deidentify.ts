import { dicomFault, formatTag } from '../dicom/dicomFault.ts';
import { at } from '../dicom/elementIndex.ts';
import { encodeFileMeta } from '../dicom/encodeFileMeta.ts';
import { type DicomFile, readDicom } from '../dicom/readDicom.ts';
import { readText } from '../dicom/readText.ts';
import { requireWholePixels } from '../dicom/requireWholePixels.ts';
import { isKnownTransferSyntax } from '../dicom/transferSyntax.ts';
import { vr, vrName } from '../dicom/vr.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { DomainError } from '../submission/DomainError.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import { dateShiftDays } from './dateShiftDays.ts';
import { findResidual } from './findResidual.ts';
import { harvestIdentifiers } from './harvestIdentifiers.ts';
import { type ElementChange, listChanges } from './listChanges.ts';
import { mapUid } from './mapUid.ts';
import { patientOf } from './patientOf.ts';
import { type EditContext, type EditPlan, type ElementAction, elementActions, planEdits } from './planEdits.ts';
import { profileRules } from './profileRules.ts';
import { type RenderedHead, renderHead } from './renderHead.ts';
import { type DeidLabels, stampElements } from './stampElements.ts';

interface DeidContext {
  codecs: Codecs;
  /** The project's key, 32 bytes. */
  key: Uint8Array;
  policy: ProjectPolicy;
  labels: DeidLabels;
}

interface Deidentified {
  /** The whole new file; read it once and to its end, which also reads the input to its end. */
  output: Bytes;
  /** Mapped SOP Instance UID. */
  instance: string;
  /** Elements by action: kept, changed, emptied, removed; complete when `output` has been read. */
  actions: Record<string, number>;
  /** What became of each element, without values; complete when `output` has been read. */
  changes(): ElementChange[];
}

/**
 * De-identifies one file by the Basic Profile and the policy's options (PS3.15 Annex E). Everything before the pixels
 * is planned, rendered and searched for identifiers of the input before this returns; pixels then stream through
 * untouched, and nothing after them is passed on: past Pixel Data the standard knows signatures and padding only.
 * @throws DomainError with a code of dicomFaults, ResidualIdentifier, NotDeidentifiable
 */
export async function deidentify(body: Bytes, context: DeidContext): Promise<Deidentified> {
  const { codecs, policy } = context;
  requireSupported(policy);
  const file = await readDicom(body, codecs);
  requireWholePixels(file);
  const identity = requireIdentity(file, context);
  const plan = planEdits(file, editContext(file, context, identity.sopClass));
  const meta = encodeFileMeta(identity);
  const rendered = renderHead(file, plan, meta);
  requireNoResidual(file, rendered, policy);
  const actions = countActions(plan);
  const tail: ElementChange[] = [];
  const written = writeData(file, rendered.bytes.subarray(meta.length));
  return {
    output: withoutTail(file, {
      output: writeFile(meta, file.encoding.deflated ? deflate(written, codecs) : written),
      tail,
      actions,
    }),
    instance: identity.sopInstance,
    actions,
    changes: () => [...listChanges(file.index, plan), ...tail],
  };
}

function requireSupported({ deid }: ProjectPolicy): void {
  if (!deid.retainSafePrivate) return;
  throw new DomainError('NotDeidentifiable', 'Cannot de-identify: the Retain Safe Private Option is not implemented');
}

const dicomDirectory = '1.2.840.10008.1.3.10';
const uidForm = /^[0-9.]{1,64}$/;

/** The identity of the output. It is the data set's own: group 0002 may say something else. */
function requireIdentity({ meta, head, index }: DicomFile, { key, policy }: DeidContext) {
  const sopClass = readText(head, index, 0x00080016) ?? meta.sopClass;
  const sopInstance = readText(head, index, 0x00080018);
  if (sopClass === dicomDirectory) {
    throw new DomainError('NotDeidentifiable', 'Cannot de-identify: a DICOMDIR lists names and offsets of other files');
  }
  if (!isKnownTransferSyntax(meta.transferSyntax)) {
    throw dicomFault('DicomMalformed', 'the transfer syntax is not known', { offset: meta.end, tag: 0x00020010 });
  }
  if (sopClass === undefined || !uidForm.test(sopClass)) throw missing(0x00080016);
  if (sopInstance === undefined || !uidForm.test(sopInstance)) throw missing(0x00080018);
  return {
    sopClass,
    sopInstance: policy.deid.retainUids ? sopInstance : mapUid(key, sopInstance),
    transferSyntax: meta.transferSyntax,
  };
}

const missing = (tag: number) => dicomFault('DicomMalformed', 'there is no UID', { offset: 0, tag });

function editContext(file: DicomFile, { key, policy, labels }: DeidContext, sopClass: string): EditContext {
  const { dates, retainUids } = policy.deid;
  return {
    rules: profileRules(policy, sopClass),
    dates,
    retainUids,
    key,
    shiftDays: dates === 'shift' ? dateShiftDays(key, patientOf(file, key)) : 0,
    stamps: stampElements({ labels, policy }, file.encoding),
  };
}

function requireNoResidual(file: DicomFile, rendered: RenderedHead, policy: ProjectPolicy): void {
  const residual = findResidual(rendered, harvestIdentifiers(file, policy), file.index);
  if (residual === undefined) return;
  const where = `element ${formatTag(residual.tag)} at byte ${residual.offset}`;
  throw new DomainError(
    'ResidualIdentifier',
    `Cannot de-identify: a ${residual.kind} of the input is left in ${where}`,
  );
}

function countActions({ action }: EditPlan): Record<ElementAction, number> {
  const counts = { kept: 0, changed: 0, emptied: 0, removed: 0 };
  for (const number of action) {
    const name = elementActions[number];
    if (name !== undefined) counts[name] += 1;
  }
  return counts;
}

async function* writeData({ pixels }: DicomFile, head: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield head;
  if (pixels !== undefined) yield* pixels;
}

async function* writeFile(meta: Uint8Array, data: Bytes): AsyncGenerator<Uint8Array, void> {
  yield meta;
  yield* data;
}

/** PS3.5 §A.5: the deflated data set is padded to even length. */
async function* deflate(data: Bytes, codecs: Codecs): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const chunk of codecs.deflateRaw(data)) {
    length += chunk.length;
    yield chunk;
  }
  if (length % 2 === 1) yield new Uint8Array(1);
}

interface Written {
  output: Bytes;
  tail: ElementChange[];
  actions: Record<ElementAction, number>;
}

/** Reads the input to its end, so that a cut is found, and passes nothing of its tail on. */
async function* withoutTail(file: DicomFile, { output, tail, actions }: Written): AsyncGenerator<Uint8Array, void> {
  yield* output;
  const { index, trailingBytes } = await file.tail();
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.parent, node) === -1)
      tail.push(removedAfterPixels(formatTag(at(index.tag, node)), at(index.vr, node)));
  }
  if (trailingBytes > 0) tail.push(removedAfterPixels('trailing bytes', vr.UN));
  actions.removed += tail.length;
}

const removedAfterPixels = (path: string, code: number): ElementChange => ({
  path,
  vr: vrName(code),
  action: 'removed',
  rule: 'after pixel data',
});
