import { blankRectangles } from '../dicom/blankRectangles.ts';
import type { SkippableBytes } from '../dicom/byteSource.ts';
import { codestreamText } from '../dicom/codestreamText.ts';
import { type DetachedFile, detachedBytes, detachFile } from '../dicom/detachFile.ts';
import { type DicomPlace, faultOf, formatTag } from '../dicom/dicomFault.ts';
import { expectedPixelBytes } from '../dicom/expectedPixelBytes.ts';
import { falseOffsets } from '../dicom/falseOffsets.ts';
import { isModality } from '../dicom/isModality.ts';
import { isUid } from '../dicom/isUid.ts';
import { placeOf } from '../dicom/placeOf.ts';
import { type DicomFile, type DicomTail, readDicom } from '../dicom/readDicom.ts';
import { findElement, readText } from '../dicom/readText.ts';
import { requireWholePixels } from '../dicom/requireWholePixels.ts';
import { isKnownTransferSyntax, isVideo } from '../dicom/transferSyntax.ts';
import { gradeOf } from '../policy/gradeOf.ts';
import type { ProjectPolicy } from '../policy/ProjectPolicy.ts';
import { type FindingCode, findingCatalogue } from '../submission/codes/findingCatalogue.ts';
import type { DicomFact, Finding } from '../submission/contracts/steps.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import { checkConformance } from '../validation/checkConformance.ts';
import { passingRange } from './edits/writeOutput.ts';
import { harvestIdentifiers, type Identifiers } from './identifiers/harvestIdentifiers.ts';
import { labelDigests } from './identifiers/labelDigests.ts';
import { labelIdentifies } from './identifiers/labelIdentifies.ts';
import { identityMap } from './identity/identityMap.ts';
import { personOf } from './identity/personOf.ts';
import { shiftDate } from './identity/shiftDate.ts';
import { burnedInRisk } from './pixels/burnedInRisk.ts';
import { embeddedOverlay } from './pixels/embeddedOverlay.ts';
import { type Blanking, blankedOf, planBlanking } from './pixels/planBlanking.ts';
import { fileDemands } from './rules/fileDemands.ts';
import { profileRules } from './rules/profileRules.ts';

type FileFinding = Omit<Finding, 'file'>;

interface Examination {
  findings: FileFinding[];
  /** Undefined for what cannot be read to its end, or lacks the UIDs that name it. */
  dicom: DicomFact | undefined;
  /** As `keepsBytes` asks for; who takes it releases it. */
  read?: DetachedFile;
}

interface Context {
  codecs: Codecs;
  key: Uint8Array;
  policy: ProjectPolicy;
  /** What the site asked for: these labels stand in XNAT and in the output. */
  askedLabels?: readonly string[];
  /** Takes in, where a later label is to be looked at, what may not stand in one: also of files that do not go on. */
  labelDigests?: Set<string>;
  /** Where nobody compares pixels before and after, to digest them would take as long as the rest of the reading. */
  skipsPixelDigest?: boolean;
  /** Where nobody reads what only informs, departures from the standard are looked for only as far as they decide. */
  onlyDeciding?: boolean;
  /**
   * What was read comes back where it takes no more than so many bytes, and what is to be written needs no pixels but
   * those that can be copied from the file: who goes on with it need not read it again.
   */
  keepsBytes?: number;
}

/**
 * Reads one arrived file to its end, whatever it holds: what is wrong with it is a finding, never an error; only a
 * fault of the body's own source is thrown on. Nothing in the result is a value of the file but its class, modality,
 * transfer syntax and numbers: patient and UIDs are mapped, the date is moved as the policy says.
 */
export async function examineDicom(body: SkippableBytes, context: Context): Promise<Examination> {
  const iterator = body[Symbol.asyncIterator]();
  const findings: FileFinding[] = [];
  const add = (code: FindingCode, message?: string, place?: DicomPlace) => {
    findings.push({
      code,
      ...gradeOf(code, context.policy),
      message: message ?? findingCatalogue[code].meaning,
      ...(place === undefined ? {} : { offset: place.offset }),
      ...(place?.tag === undefined ? {} : { tag: formatTag(place.tag) }),
    });
  };
  let opened: DicomFile | undefined;
  try {
    const file = await readDicom(unclosable(body, iterator), context.codecs);
    opened = file;
    const blanking = planBlanking(file, context.policy);
    for (const [code, tag] of gatesOf(file, context.policy, blanking))
      add(code, undefined, tag === undefined ? undefined : placeOf(file, tag));
    if (isNamed(file, context)) add('LabelIdentifies');
    requireWholePixels(file);
    const watch = file.nativeBytes === undefined ? codestreamText() : undefined;
    const rest = restWatch(expectedPixelBytes(file) ?? Infinity);
    const digests = await digestPixels(file, context, { blanking, watch, rest });
    const text = watch?.found();
    if (text !== undefined) add('CompressedText', `A compressed image carries text: ${text}`, placeOf(file, pixelData));
    if (rest.isFilled()) add('PixelsFollowed', undefined, placeOf(file, pixelData));
    const tail = await file.tail();
    const { policy, onlyDeciding = false } = context;
    const wanted = { decides: (code: FindingCode) => gradeOf(code, policy).disposition !== 'accept', onlyDeciding };
    for (const { code, message, place } of checkConformance(file, wanted)) add(code, message, place);
    return { findings, dicom: factOf(file, context, digests), ...keptOf(file, tail, { blanking, ...context }) };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    add(fault.code, fault.message, fault.place);
    while ((await iterator.next()).done !== true);
    return { findings, dicom: undefined };
  } finally {
    opened?.release();
    // a fault of ours may have left it open
    await iterator.return?.();
  }
}

/** The reader must not close it: what is left is read after a refusal. */
const unclosable = ({ skip }: SkippableBytes, iterator: AsyncIterator<Uint8Array>): SkippableBytes => ({
  [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }),
  skip,
});

function keptOf(
  file: DicomFile,
  tail: DicomTail,
  { blanking, keepsBytes = 0 }: Pick<Context, 'keepsBytes'> & Pick<Watching, 'blanking'>,
): Pick<Examination, 'read'> {
  const passes = file.pixels === undefined || (blanking !== 'unable' && passingRange(file, blanking) !== undefined);
  return passes && detachedBytes(file, tail) <= keepsBytes ? { read: detachFile(file, tail) } : {};
}

type PixelDigests = Pick<DicomFact, 'pixelSha256' | 'blanked'>;

interface Watching {
  blanking: Blanking | 'unable' | undefined;
  /** Of compressed pixels. */
  watch: ReturnType<typeof codestreamText> | undefined;
  rest: ReturnType<typeof restWatch>;
}

/** Watches what native pixels have behind so many bytes of image: zeros pad it, whatever else no viewer shows. */
function restWatch(imageBytes: number) {
  // A byte may pad an odd length (PS3.5 §8.1.1)
  const hiddenFrom = 2 * Math.ceil(imageBytes / 2);
  let seen = 0;
  let isFilled = false;
  return {
    /** Pixels that end before have nothing to watch. */
    hiddenFrom,
    see(chunk: Uint8Array): void {
      const from = Math.max(0, hiddenFrom - seen);
      seen += chunk.length;
      if (from < chunk.length && !isFilled) isFilled = chunk.subarray(from).some((byte) => byte !== 0);
    },
    isFilled: () => isFilled,
  };
}

/** Of the pixels as they are, and of what is left of them where the policy blacks some out. Reads them in any case. */
async function digestPixels(
  file: DicomFile,
  { codecs, skipsPixelDigest = false }: Context,
  { blanking, watch, rest }: Watching,
): Promise<PixelDigests> {
  const { pixels, nativeBytes } = file;
  if (pixels === undefined) return {};
  if (skipsPixelDigest && nativeBytes !== undefined && nativeBytes <= rest.hiddenFrom) {
    await file.passPixels();
    return {};
  }
  if (skipsPixelDigest || blanking === undefined || blanking === 'unable') {
    const hasher = skipsPixelDigest ? undefined : codecs.sha256();
    for await (const chunk of pixels) {
      hasher?.update(chunk);
      if (nativeBytes === undefined) watch?.see(chunk);
      else rest.see(chunk);
    }
    return hasher === undefined ? {} : { pixelSha256: hasher.hex() };
  }
  const hasher = codecs.sha256();
  const left = codecs.sha256();
  const seen = tapBytes(pixels, (chunk) => {
    hasher.update(chunk);
    rest.see(chunk);
  });
  for await (const chunk of blankRectangles(seen, blanking.rectangles, blanking.layout)) left.update(chunk);
  return { pixelSha256: hasher.hex(), blanked: { ...blankedOf(blanking), pixelSha256: left.hex() } };
}

async function* tapBytes(body: Bytes, see: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    see(chunk);
    yield chunk;
  }
}

const pixelData = 0x7fe00010;

/** A finding, and the element that gives it; undefined for the preamble. */
type Gate = [FindingCode, number | undefined];

/** Reasons to hold, refuse or mention a file that is structurally sound, with the element that gives each. */
function gatesOf(file: DicomFile, { deid }: ProjectPolicy, blanking: Blanking | 'unable' | undefined): Gate[] {
  const text = (tag: number) => readText(file.head, file.index, tag);
  const sopClass = text(0x00080016) ?? file.meta.sopClass ?? '';
  const found: Gate[] = [];
  if (file.meta.isPreambleExecutable) found.push(['PreambleExecutable', undefined]);
  if (!isKnownTransferSyntax(file.meta.transferSyntax)) found.push(['TransferSyntaxUnknown', 0x00020010]);
  if (sopClass === '1.2.840.10008.1.3.10') return [...found, ['DicomDirectory', 0x00080016]];
  const lacking = [0x00080016, 0x00080018, 0x0020000d, 0x0020000e].find((tag) => !isUid(text(tag)));
  if (lacking !== undefined) found.push(['IdentityIncomplete', lacking]);
  found.push(...contentGates(file, sopClass, deid));
  const risk = burnedInRisk(sopClass, text) ?? embeddedOverlay(file);
  // A rule that fits says where names are burned in: there they are blacked out
  const isCleaned = blanking !== undefined && blanking !== 'unable';
  if (risk !== undefined && file.pixels !== undefined && !isCleaned) found.push(['BurnedInRisk', risk]);
  if (blanking === 'unable') found.push(['PixelsNotCleanable', pixelData]);
  if (text(0x00120062) === 'YES') found.push(['AlreadyDeidentified', 0x00120062]);
  return found;
}

/** What is no picture: its words are not read here. */
function contentGates(file: DicomFile, sopClass: string, deid: ProjectPolicy['deid']): Gate[] {
  const found: Gate[] = [];
  const hasDocument = findElement(file.index, 0x00420011) !== undefined;
  if (hasDocument || sopClass.startsWith('1.2.840.10008.5.1.4.1.1.104.'))
    found.push(['EncapsulatedDocument', 0x00420011]);
  if (sopClass.startsWith('1.2.840.10008.5.1.4.1.1.88.') && !deid.cleanStructuredContent)
    found.push(['StructuredReport', 0x0040a730]);
  const table = falseOffsets(file);
  if (table !== undefined) found.push(['CompressedText', table]);
  if (isRecording(file, sopClass)) found.push(['Recording', 0x00080016]);
  return found;
}

/** Voices (Basic Voice and General Audio Waveform) and films, which may have a sound track: nothing reads them here. */
const isRecording = ({ meta }: DicomFile, sopClass: string) =>
  /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9\.4\.[12]$/.test(sopClass) || isVideo(meta.transferSyntax);

/** By a label that was asked for. What may stand in no label is noted, for those that are asked for later. */
function isNamed(file: DicomFile, context: Context): boolean {
  const { key, askedLabels = [], labelDigests: noted } = context;
  if (askedLabels.length === 0 && noted === undefined) return false;
  const identifiers = identifiersOf(file, context);
  if (identifiers === undefined) return false;
  if (noted !== undefined) for (const digest of labelDigests(identifiers, key)) noted.add(digest);
  return askedLabels.some((label) => labelIdentifies(identifiers, label));
}

/** None of a file that this project de-identified before: it goes by its pseudonym again. */
function identifiersOf(file: DicomFile, { key, policy }: Context): Identifiers | undefined {
  const { isOwnOutput } = identityMap(file, { key, policy });
  if (isOwnOutput) return undefined;
  const sopClass = readText(file.head, file.index, 0x00080016) ?? '';
  const rules = profileRules(policy, sopClass, fileDemands(file, sopClass));
  return harvestIdentifiers(file, { policy, rules, isOwnOutput });
}

function factOf(file: DicomFile, context: Context, digests: PixelDigests): DicomFact | undefined {
  const text = (tag: number) => readText(file.head, file.index, tag);
  const sopClass = text(0x00080016);
  const uids = [text(0x0020000d), text(0x0020000e), text(0x00080018)].filter(isUid);
  const { patient, mapUid, shiftDays } = identityMap(file, context);
  const [study, series, instance] = uids.map(mapUid);
  if (!isUid(sopClass) || study === undefined || series === undefined || instance === undefined) return undefined;
  const seriesNumber = integerOf(text(0x00200011));
  const instanceNumber = integerOf(text(0x00200013));
  const studyDate = dateOf(text(0x00080020), context.policy.deid.dates, shiftDays);
  const fact: DicomFact = {
    ...{ patient, study, series, instance, sopClass },
    modality: modalityOf(text(0x00080060)),
    transferSyntax: isUid(file.meta.transferSyntax) ? file.meta.transferSyntax : '',
  };
  const person = personOf(file, context.key);
  if (person !== undefined) fact.person = person;
  if (seriesNumber !== undefined) fact.seriesNumber = seriesNumber;
  if (instanceNumber !== undefined) fact.instanceNumber = instanceNumber;
  if (studyDate !== undefined) fact.studyDate = studyDate;
  return Object.assign(fact, digests);
}

/** A defined term, or OT: a vendor's term could be a name. */
const modalityOf = (text: string | undefined) => (text !== undefined && isModality(text) ? text : 'OT');

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function dateOf(text: string | undefined, dates: ProjectPolicy['deid']['dates'], shiftDays: number) {
  if (text === undefined || dates === 'remove') return undefined;
  const date = shiftDate(text, shiftDays);
  return date?.replace(/(....)(..)(..)/, '$1-$2-$3');
}
