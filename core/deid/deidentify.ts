import type { SkippableBytes } from '../dicom/byteSource.ts';
import type { DetachedFile } from '../dicom/detachFile.ts';
import { at } from '../dicom/elementIndex.ts';
import { encodeFileMeta } from '../dicom/encodeFileMeta.ts';
import { isUid } from '../dicom/isUid.ts';
import { placeOf } from '../dicom/placeOf.ts';
import { type DicomFile, type DicomTail, readDicom } from '../dicom/readDicom.ts';
import { readText } from '../dicom/readText.ts';
import { requireWholePixels } from '../dicom/requireWholePixels.ts';
import { isKnownTransferSyntax } from '../dicom/transferSyntax.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import type { BlankedPixels } from '../submission/contracts/steps.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import { earlierStamps } from './edits/earlierStamps.ts';
import { inOldVrs } from './edits/inOldVrs.ts';
import { countTail, type ElementChange, listChanges } from './edits/listChanges.ts';
import { releaseLiterals } from './edits/literals.ts';
import { measureEdits } from './edits/measureEdits.ts';
import { type EditContext, type EditPlan, type ElementAction, elementActions, planEdits } from './edits/planEdits.ts';
import { renderHead } from './edits/renderHead.ts';
import { type DeidLabels, stampElements } from './edits/stampElements.ts';
import { textCleaner } from './edits/textCleaner.ts';
import { type Layout, passingRange, type Splice, spliceOutput, writeOutput } from './edits/writeOutput.ts';
import { fileRefusal } from './fileRefusal.ts';
import { harvestIdentifiers, type Identifiers } from './identifiers/harvestIdentifiers.ts';
import { type IdentityMap, identityMap } from './identity/identityMap.ts';
import { markOutput } from './identity/ownMark.ts';
import { type Blanking, blankedOf, planBlanking } from './pixels/planBlanking.ts';
import { regionOverlays } from './pixels/regionOverlays.ts';
import { confirmOutput } from './proof/confirmOutput.ts';
import { findDecoded } from './proof/findDecoded.ts';
import { residualSearch } from './proof/residualSearch.ts';
import { searchSteps } from './proof/searchSteps.ts';
import { fileDemands } from './rules/fileDemands.ts';
import { findSafePrivate } from './rules/findSafePrivate.ts';
import { type ProfileRule, profileRules } from './rules/profileRules.ts';

interface DeidContext {
  codecs: Codecs;
  /** The project's key, 32 bytes. */
  key: Uint8Array;
  policy: ProjectPolicy;
  labels: DeidLabels;
  /** What an examination read of this file and kept: then the body is not read. It is released with all else. */
  read?: DetachedFile | undefined;
  /**
   * Told where passing pixels will be while nothing is proven: who copies them can do so beside the proof, and give no
   * file away before it.
   */
  onLayout?: ((layout: Layout) => Promise<void>) | undefined;
}

interface Deidentified {
  /** The whole new file; read it once and to its end, which also reads the input to its end. */
  output: Bytes;
  /** Instead of `output`: what it is made of, where pixels pass as they lie in the input; else undefined. */
  splice(): Promise<Splice | undefined>;
  /** Mapped SOP Instance UID. */
  instance: string;
  /** Elements by action: kept, changed, emptied, removed; complete when `output` has been read. */
  actions: Record<string, number>;
  /** Where pixels are blacked out; undefined where they pass untouched. */
  blanked?: BlankedPixels;
  /** What became of each element, without values, once `output` has been read: millions, where a file has as many. */
  changes(): Iterable<ElementChange>;
  /** Gives memory back, which a large head has much of, when output and changes have been taken. */
  release(): void;
}

/**
 * De-identifies one file by the Basic Profile and the policy's options (PS3.15 Annex E). Everything before the pixels
 * is planned, rendered and searched for identifiers of the input before this returns; pixels then stream through, and
 * nothing after them is passed on: past Pixel Data the standard knows signatures and padding only.
 * @throws DomainError with a code of dicomFaults or of fileRefusal, NotDeidentifiable
 */
export async function deidentify(body: SkippableBytes, context: DeidContext): Promise<Deidentified> {
  const file = context.read ?? (await readDicom(body, context.codecs));
  return await deidentifyFile(file, context).catch((error: unknown) => {
    file.release();
    throw error;
  });
}

async function deidentifyFile(file: DicomFile, context: DeidContext): Promise<Deidentified> {
  const { policy } = context;
  requireWholePixels(file);
  const identity = identityMap(file, context);
  const target = requireTarget(file, identity);
  const blanking = requireBlanking(file, policy);
  const rules = profileRules(policy, target.sopClass, fileDemands(file, target.sopClass));
  const harvest = () => harvestIdentifiers(file, { policy, rules, isOwnOutput: identity.isOwnOutput });
  // first, for a file with too many goes no further; but where a copy can begin, most plans can be made without them
  let harvested = context.onLayout === undefined ? harvest() : undefined;
  const identifiers = () => {
    harvested ??= harvest();
    return harvested;
  };
  const edits = editContext(file, { ...context, identity, identifiers, blanking, rules });
  const plan = planEdits(file, edits);
  const meta = encodeFileMeta(target);
  const tellLayout = async (headBytes: number) => {
    const pixels = passingRange(file, blanking);
    if (pixels !== undefined) await context.onLayout?.({ headBytes, pixels });
  };
  const head = await provenHead(file, { plan, meta, identifiers, tellLayout });
  const before = head.subarray(0, head.length - pixelHeaderBytes(file));
  confirmOutput(inOldVrs(before, meta.length, file), meta.length, {
    ...{ policy, rules },
    stamped: new Set(edits.stamps.keys()),
    isOwnOutput: identity.isOwnOutput,
  });
  const actions = countActions(plan);
  let tail: DicomTail | undefined;
  const onTail = (read: DicomTail) => {
    tail = read;
    actions.removed += countTail(read);
  };
  const parts = { head, metaBytes: meta.length, blanking, codecs: context.codecs, onTail };
  return {
    output: writeOutput(file, parts),
    splice: () => spliceOutput(file, parts),
    instance: target.sopInstance,
    actions,
    ...(blanking === undefined ? {} : { blanked: blankedOf(blanking) }),
    changes: () => listChanges(file.index, plan, tail),
    release: () => file.release(),
  };
}

const dicomDirectory = '1.2.840.10008.1.3.10';

/** The identity of the output. It is the data set's own: group 0002 may say something else. */
function requireTarget(file: DicomFile, { mapUid }: IdentityMap) {
  const { meta, head, index } = file;
  const sopClass = readText(head, index, 0x00080016) ?? meta.sopClass;
  const sopInstance = readText(head, index, 0x00080018);
  if (sopClass === dicomDirectory) {
    const why = 'a DICOMDIR lists names and offsets of other files';
    throw fileRefusal('DicomDirectory', why, placeOf(file, 0x00080016));
  }
  if (!isKnownTransferSyntax(meta.transferSyntax)) {
    throw fileRefusal('TransferSyntaxUnknown', 'the transfer syntax is not known', placeOf(file, 0x00020010));
  }
  if (!isUid(sopClass)) throw nameless(file, 0x00080016);
  if (!isUid(sopInstance)) throw nameless(file, 0x00080018);
  return { sopClass, sopInstance: mapUid(sopInstance), transferSyntax: meta.transferSyntax };
}

const nameless = (file: DicomFile, tag: number) =>
  fileRefusal('IdentityIncomplete', 'there is no valid UID', placeOf(file, tag));

function requireBlanking(file: DicomFile, policy: ProjectPolicy): Blanking | undefined {
  const blanking = planBlanking(file, policy);
  if (blanking !== 'unable') return blanking;
  const why = 'a rule blacks out parts of it, but its pixels are compressed, subsampled, swapped or no whole bytes';
  throw fileRefusal('PixelsNotCleanable', why, placeOf(file, 0x7fe00010));
}

interface Read {
  key: Uint8Array;
  policy: ProjectPolicy;
  labels: DeidLabels;
  identity: IdentityMap;
  identifiers: () => Identifiers;
  blanking: Blanking | undefined;
  rules: ReadonlyMap<number, ProfileRule>;
}

function editContext(file: DicomFile, read: Read): EditContext {
  const { key, policy, labels, identity, identifiers, blanking, rules } = read;
  const { deid } = policy;
  const { mapUid, newUid, shiftDays } = identity;
  const earlier = earlierStamps(file, identifiers);
  const mark = markOutput(file, { key, policy, mapUid, subject: labels.subject });
  return {
    deid,
    rules,
    dates: deid.dates,
    retainUids: deid.retainUids,
    retainSafePrivate: deid.retainSafePrivate,
    safePrivate: deid.retainSafePrivate ? findSafePrivate(file) : undefined,
    keptOverlays: deid.cleanGraphics ? regionOverlays(file) : new Set(),
    newUid,
    shiftDays,
    cleanText: textCleaner(deid.descriptorWords, identifiers),
    stamps: stampElements({ labels, policy, earlier, mark, arePixelsClean: blanking !== undefined }, file.encoding),
  };
}

interface Planned {
  plan: EditPlan;
  meta: Uint8Array;
  identifiers: () => Identifiers;
  tellLayout: (headBytes: number) => Promise<void>;
}

/** What rendering takes besides is given up with it: of a large head it is a third of all. */
async function provenHead(file: DicomFile, { plan, meta, identifiers, tellLayout }: Planned): Promise<Uint8Array> {
  const measured = measureEdits(file, plan, meta.length);
  await tellLayout(measured.headBytes);
  const count = searchSteps();
  const search = residualSearch(identifiers(), file.index, count);
  const head = renderHead(file, plan, { ...measured, meta }, search.look);
  releaseLiterals(plan.literals);
  const residual = search.found();
  if (residual !== undefined) {
    throw fileRefusal('ResidualIdentifier', `a ${residual.kind} of the input is left in it`, residual);
  }
  const place = findDecoded(file, plan, { ...identifiers(), count });
  if (place !== undefined) throw fileRefusal('ResidualIdentifier', 'a name of the input is left in it', place);
  return head;
}

/** The head of a file with pixels ends with the header of Pixel Data, without its value. */
function pixelHeaderBytes({ pixels, index }: DicomFile): number {
  const last = index.count - 1;
  return pixels === undefined ? 0 : at(index.end, last) - at(index.start, last);
}

function countActions({ action }: EditPlan): Record<ElementAction, number> {
  const counts = { kept: 0, changed: 0, emptied: 0, removed: 0 };
  for (const number of action) {
    const name = elementActions[number];
    if (name !== undefined) counts[name] += 1;
  }
  return counts;
}
