import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, isContainer } from '../../../core/dicom/elementIndex.ts';
import { pathReader } from '../../../core/dicom/pathReader.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { readCorpus } from '../../fixtures/corpus.ts';
import { hasCorpus } from '../../fixtures/corpusFiles.ts';
import { chunked, collect, deidentifyBytes, nodeCodecs } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

if (!hasCorpus) console.log('notice: ../shared/corpus is absent, so copied ranges of its files are not compared');

/** Each element before Pixel Data by its path: all of its bytes; of a sequence or an item none, since lengths change. */
async function elementsOf(bytes: Uint8Array): Promise<Map<string, string>> {
  const file = await readDicom(chunked(bytes, 65_536), nodeCodecs);
  const { index, head } = file;
  if (file.pixels !== undefined) await collect(file.pixels);
  const pathOf = pathReader(index);
  const found = new Map<string, string>();
  for (let node = 0; node < index.count; node += 1) {
    const path = pathOf(node);
    if (at(index.vr, node) === 0) continue;
    const isOpen = isContainer(index, node) || (file.pixels !== undefined && node === index.count - 1);
    const range = isOpen ? new Uint8Array(0) : head.subarray(at(index.start, node), at(index.end, node));
    found.set(path, Buffer.from(range).toString('hex'));
  }
  return found;
}

/** What was to stay is the same byte by byte, what was to go is gone, and there is nothing that was not told. */
async function expectOnlyToldChanges(bytes: Uint8Array): Promise<number> {
  const { bytes: output, changes } = await deidentifyBytes(bytes, {}, 65_536);
  const [before, after] = [await elementsOf(bytes), await elementsOf(output)];
  const told = changes().filter(({ rule }) => rule !== 'after pixel data');
  const of = (...actions: string[]) => told.filter(({ action }) => actions.includes(action)).map(({ path }) => path);
  const kept = of('kept');
  expect(kept.map((path) => [path, after.get(path)])).toEqual(kept.map((path) => [path, before.get(path)]));
  // the codes of the methods are told as one
  const written = [...after.keys()].filter((path) => !path.startsWith('(0012,0064)['));
  expect(written.sort()).toEqual(of('kept', 'changed', 'emptied').sort());
  return kept.length;
}

const text = (tag: number, vr: string, value: string): TestElement => ({ tag, vr, value });
const elements: TestElement[] = [
  ...[text(0x00080050, 'SH', 'ACC-1'), text(0x00080060, 'CS', 'CT'), text(0x00081030, 'LO', 'gone')],
  ...[text(0x00081090, 'LO', 'a model'), text(0x00081155, 'UI', '1.2.3.4.5.6.7'), text(0x00091001, 'LO', 'private')],
  ...[text(0x00180050, 'DS', ' 1.50 '), text(0x00180060, 'DS', ''), text(0x00189074, 'DT', '20190518104201')],
  { tag: 0x00189073, vr: 'FD', value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  { tag: 0x00280106, vr: 'SS', value: Uint8Array.of(1, 2) },
  { tag: 0x00281201, vr: 'OW', value: Uint8Array.from({ length: 300 }, (_, i) => i % 7) },
];
const tree = fc.letrec<{ set: TestElement[]; element: TestElement }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...elements),
    fc.record({
      tag: fc.constantFrom(0x00081140, 0x00089215, 0x00189346, 0x00400275),
      vr: fc.constant('SQ'),
      items: fc.array(tie('set'), { maxLength: 3 }),
      isUndefined: fc.boolean(),
    }),
  ),
  set: fc
    .uniqueArray(tie('element'), { selector: ({ tag }) => tag, maxLength: 6 })
    .map((all) => all.sort((left, right) => left.tag - right.tag)),
})).set;

describe('nothing but what is told changes', () => {
  const plain = (data: Uint8Array) => data;
  test.each([
    ['explicit VR little endian', explicitLittle, '1.2.840.10008.1.2.1', plain],
    ['implicit VR', implicitLittle, '1.2.840.10008.1.2', plain],
    ['big endian', explicitBig, '1.2.840.10008.1.2.2', plain],
    ['deflated', explicitLittle, '1.2.840.10008.1.2.1.99', (data: Uint8Array) => new Uint8Array(deflateRawSync(data))],
  ])('in any nesting: %s', async (_, form, transferSyntax, written) => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(tree, async (set) => {
        const data = writeElements(withIdentity(...set, pixels(new Uint8Array(32))), form);
        kept += await expectOnlyToldChanges(writeFile({ transferSyntax, data: written(data) }));
      }),
      { numRuns: 150 },
    );
    expect(kept).toBeGreaterThan(500);
  });

  test.runIf(hasCorpus)('in real files', { timeout: 60_000 }, async () => {
    let files = 0;
    for (const { bytes } of readCorpus()) {
      const isCleaned = await deidentifyBytes(bytes).then(
        () => true,
        () => false,
      );
      if (!isCleaned) continue;
      await expectOnlyToldChanges(bytes);
      files += 1;
    }
    expect(files).toBeGreaterThan(150);
  });
});
