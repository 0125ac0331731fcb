import type { Rectangle } from '../../policy/Rectangle.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { BlankedPixels, CleanEvidence, Evidence, Fact, Review } from '../contracts/steps.ts';
import { type Route, routeFiles } from '../review/routeFiles.ts';

interface Compared {
  facts: readonly Fact[];
  evidence: readonly Evidence[];
  review: Review;
  /** How many files the manifest announces. */
  files: number;
}

/**
 * Set equality of manifest, facts and evidence, and equality of what must not change: arrival digest and pixels. Where
 * pixels are blacked out, two readings must agree on where, and on the digest of what is left.
 * Facts and evidence come in the order of their files.
 * @throws DomainError BatchIncomplete, IntegrityMismatch naming the file by its number
 */
export function compareEvidence({ facts, evidence, review, files }: Compared): void {
  const routes = routeFiles(review, facts);
  for (const [index, fact] of facts.entries()) {
    const found = evidence[index];
    if (fact.file !== index || found?.file !== index) throw incomplete(index);
    if ('arrivalSha256' in found && found.arrivalSha256 !== fact.sha256) throw differs(index, 'its arrival digest');
    const changed =
      found.outcome === 'clean'
        ? changeOfClean(found, fact, routes.get(index))
        : changeOfAside(found, routes.get(index));
    if (changed !== undefined) throw differs(index, changed);
  }
  if (facts.length !== files || evidence.length !== files) throw incomplete(Math.min(facts.length, evidence.length));
}

function changeOfClean(found: CleanEvidence, { dicom }: Fact, route: Route | undefined): string | undefined {
  if (route?.kind !== 'archive' || route.scan.id !== found.scan) return 'its route';
  if (!isSameBlanking(found.blanked, dicom?.blanked)) return 'what is blacked out in its pixels';
  if (found.pixelSha256 !== (dicom?.blanked ?? dicom)?.pixelSha256) return 'its pixel digest';
  return found.instance === (dicom?.instance ?? '') ? undefined : 'its SOP instance UID';
}

function isSameBlanking(found: BlankedPixels | undefined, fact: BlankedPixels | undefined): boolean {
  if (found === undefined || fact === undefined) return found === fact;
  const { frames, rectangles } = fact;
  const isSame = (each: Rectangle, i: number) => {
    const { left, top, width, height } = rectangles[i] ?? {};
    return each.left === left && each.top === top && each.width === width && each.height === height;
  };
  return found.frames === frames && found.rectangles.length === rectangles.length && found.rectangles.every(isSame);
}

/** A file that was to be archived may end in quarantine, when it could not be proven clean; nothing else. */
function changeOfAside({ outcome }: Evidence, route: Route | undefined): string | undefined {
  return route?.kind === 'archive' && outcome !== 'quarantined' ? 'its outcome' : undefined;
}

const incomplete = (file: number) =>
  new DomainError('BatchIncomplete', `Cannot prove file ${file}: it has no single outcome`);
const differs = (file: number, what: string) =>
  new DomainError('IntegrityMismatch', `Cannot prove file ${file}: ${what} changed between two readings`);
