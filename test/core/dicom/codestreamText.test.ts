import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codestreamText } from '../../../core/dicom/codestreamText.ts';
import { asciiBytes, concatBytes } from '../../../core/dicom/encodeElement.ts';
import { chunked } from '../../fixtures/deidContext.ts';
import { fragments } from '../../fixtures/writeDicom.ts';

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
/** A segment with its length. */
const segment = (marker: string, content: Uint8Array | string) => {
  const bytes = typeof content === 'string' ? asciiBytes(content) : content;
  return concatBytes([hex(marker), Uint8Array.of((bytes.length + 2) >> 8, (bytes.length + 2) & 255), bytes]);
};
/** Coded data that holds words and stuffed bytes, and means nothing. */
const coded = concatBytes([asciiBytes('coded words'), hex('ff00 ffd0 ff00'), asciiBytes('more words')]);

const jpeg = (...parts: Uint8Array[]) =>
  concatBytes([
    hex('ffd8'),
    segment('ffe0', 'JFIF\0\x01\x02'),
    segment('ffdb', concatBytes([hex('00 fffe fffe'), asciiBytes('table')])),
    ...parts,
    segment('ffc0', hex('08 0004')),
    segment('ffda', hex('01 00')),
    coded,
  ]);
const end = hex('ffd9');
const plainJpeg = concatBytes([jpeg(), end]);

const jpeg2000 = (main: Uint8Array[], tile: Uint8Array[] = []) => {
  const header = concatBytes([...tile, hex('ff93')]);
  const data = concatBytes([asciiBytes('packet words'), hex('ff64 0020'), asciiBytes('no comment')]);
  const partBytes = 12 + header.length + data.length;
  const start = segment('ff90', concatBytes([hex('0000 0000'), Uint8Array.of(partBytes >> 8, partBytes & 255, 0, 1)]));
  return concatBytes([hex('ff4f'), segment('ff51', asciiBytes('size and more')), ...main, start, header, data, end]);
};
const comment2000 = (text: string) => segment('ff64', concatBytes([hex('0001'), asciiBytes(text)]));

/** A codestream in boxes, with one more of them. */
const jpegXl = (name: string) =>
  concatBytes([
    hex('0000000c 4a584c20 0d0a870a 00000014'),
    asciiBytes('ftypjxl \0\0\0\0jxl '),
    hex('0000000c'),
    asciiBytes(`${name}word`),
    hex('00000000'),
    asciiBytes('jxlc coded words'),
  ]);

/** A header of two segments, with what stands in the numbers of others, and their runs. */
const runLengths = (unused = '') =>
  concatBytes([
    hex('02000000 40000000 50000000'),
    asciiBytes(unused.padEnd(52, '\0')),
    asciiBytes('coded words of runs'),
  ]);

function textIn(images: readonly Uint8Array[], chunkBytes = 5) {
  // 12 bytes of element header are no part of the value
  const value = fragments(images).subarray(12);
  const watch = codestreamText();
  const read = async () => {
    for await (const chunk of chunked(value, chunkBytes)) watch.see(chunk);
    return watch.found();
  };
  return read();
}

describe('codestreamText finds', () => {
  test.each([
    ['comment', 'a comment', [concatBytes([jpeg(segment('fffe', 'Zzyzx Quillabeth')), end])]],
    ['comment', 'a comment in a later frame', [plainJpeg, concatBytes([jpeg(segment('fffe', 'Zzyzx')), end])]],
    ['comment', 'a comment between scans', [concatBytes([jpeg(), segment('fffe', 'Zzyzx'), end])]],
    [
      'comment',
      'a comment behind the signature of an encoder',
      [concatBytes([jpeg(segment('fffe', 'LEAD Technologies Inc. V1.01 Zzyzx')), end])],
    ],
    ['comment', 'a number', [concatBytes([jpeg(segment('fffe', '48213756')), end])]],
    ['comment', 'a short name and a date', [concatBytes([jpeg(segment('fffe', 'Li Na 1960')), end])]],
    ['comment', 'a number of JPEG 2000', [jpeg2000([comment2000('48213756')])]],
    ['comment', 'a number behind a signature', [concatBytes([jpeg(segment('fffe', 'Lavc58.1 48213756')), end])]],
    ['application data', 'a number', [concatBytes([jpeg(segment('ffe5', '48213756')), end])]],
    [
      'application data',
      'words behind JFIF',
      [concatBytes([hex('ffd8'), segment('ffe0', 'JFIF\0\x01\x02\0\0\x01\0\x01\0\0Zzyzx'), end])],
    ],
    [
      'application data',
      'words behind Adobe',
      [concatBytes([jpeg(segment('ffee', 'Adobe\0d\0\0\0\0\x01Zzyzx')), end])],
    ],
    ['application data', 'a box of JPEG XL', [jpegXl('Exif')]],
    ['application data', 'what is left of a JPEG in JPEG XL', [jpegXl('jbrd')]],
    ['application data', 'words in a header of run lengths', [runLengths('Zzyzx')]],
    ['application data', 'words in a header of run lengths of a later frame', [runLengths(), runLengths('48213756')]],
    ['bytes behind its end', 'a number behind an image', [concatBytes([plainJpeg, asciiBytes('48213756')])]],
    ['bytes behind its end', 'a fragment of words', [plainJpeg, asciiBytes('Zzyzx 48213756\0')]],
    ['bytes behind its end', 'a fragment of words behind run lengths', [new Uint8Array(70), asciiBytes('Zzyzx 482')]],
    ['application data', 'Exif', [concatBytes([jpeg(segment('ffe1', 'Exif\0\0Zzyzx')), end])]],
    ['application data', 'a segment of an extension', [concatBytes([jpeg(segment('fff0', 'Zzyzx')), end])]],
    ['application data', 'another application', [concatBytes([jpeg(segment('ffed', 'Photoshop Zzyzx')), end])]],
    ['bytes behind its end', 'words behind an image', [concatBytes([plainJpeg, asciiBytes('Zzyzx')])]],
    ['comment', 'a comment of JPEG 2000', [jpeg2000([comment2000('Zzyzx')])]],
    ['comment', 'a comment of a tile', [jpeg2000([], [comment2000('Zzyzx')])]],
    ['bytes behind its end', 'words behind JPEG 2000', [concatBytes([jpeg2000([]), asciiBytes('Zzyzx')])]],
    [
      'comment',
      'a comment across fragments',
      [
        concatBytes([jpeg(segment('fffe', 'Zzyzx')), end]).subarray(0, 40),
        concatBytes([jpeg(segment('fffe', 'Zzyzx')), end]).subarray(40),
      ],
    ],
  ])('%s: %s', async (kind, _, images) => {
    for (const chunkBytes of [1, 3, 64, 4096]) expect(await textIn(images, chunkBytes)).toBe(kind);
  });
});

test.each([
  ['a plain image', [plainJpeg]],
  ['an image with padding', [concatBytes([plainJpeg, hex('00')])]],
  ['Adobe\u2019s segment', [concatBytes([jpeg(segment('ffee', 'Adobe\0d')), end])]],
  ['the signature of an encoder', [concatBytes([jpeg(segment('fffe', 'LEAD Technologies Inc. V1.01\0')), end])]],
  ['a plain JPEG 2000 image', [jpeg2000([])]],
  ['a plain JPEG XL image', [jpegXl('jxlp')]],
  [
    'the pixels of a thumbnail',
    [concatBytes([hex('ffd8'), segment('ffe0', 'JFIF\0\x01\x02\0\0\x01\0\x01\x01\x02pixels'), end])],
  ],
  ['its encoder\u2019s signature', [jpeg2000([comment2000('Created by OpenJPEG version 2.5.0')])]],
  ['the tables of JPEG-LS', [concatBytes([jpeg(segment('fff8', 'table')), end])]],
  ['a comment without words', [concatBytes([jpeg(segment('fffe', '12 34')), end])]],
  ['run lengths', [runLengths(), runLengths()]],
  ['other codestreams', [asciiBytes('run length words')]],
])('codestreamText finds nothing in %s', async (_, images) => {
  for (const chunkBytes of [1, 3, 64, 4096]) expect(await textIn(images, chunkBytes)).toBeUndefined();
});

test('codestreamText takes any bytes', async () => {
  const starts = fc.constantFrom('ffd8', 'ff4f', '').map(hex);
  const image = fc.tuple(starts, fc.uint8Array({ maxLength: 60 })).map((parts) => concatBytes(parts));
  await fc.assert(
    fc.asyncProperty(fc.array(image, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), async (images, chunkBytes) => {
      expect(await textIn(images, chunkBytes)).toBe(await textIn(images, 4096));
    }),
    { numRuns: 500 },
  );
});

test('goes over comments of a hundred MB in seconds', () => {
  const watch = codestreamText();
  const comment = segment('fffe', ' '.repeat(65_533));
  const claimed = 1600 * comment.length + 2;
  const opening = Uint8Array.of(claimed & 255, (claimed >> 8) & 255, (claimed >> 16) & 255, claimed >>> 24);
  watch.see(concatBytes([hex('feff00e0 00000000 feff00e0'), opening, hex('ffd8')]));
  const start = performance.now();
  for (let number = 0; number < 1600; number += 1) watch.see(comment);
  expect((performance.now() - start) / 1000).toBeLessThan(15);
  watch.see(concatBytes([hex('feff00e0 0a000000'), segment('fffe', 'Doe Jo')]));
  expect(watch.found()).toBe('comment');
});
