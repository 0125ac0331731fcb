import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { conformanceOf } from '../../fixtures/conformanceOf.ts';
import { readCorpus } from '../../fixtures/corpus.ts';
import { corpusFolder, hasCorpus } from '../../fixtures/corpusFiles.ts';
import { hasTool } from '../../fixtures/dicomTools.ts';

const hasValidator = hasCorpus && hasTool('dciodvfy');
if (!hasValidator) console.log('notice: dciodvfy or ../shared/corpus is absent, so findings are not compared with it');

describe.runIf(hasValidator)('beside dciodvfy, on real files', () => {
  // Modality it finds missing in another way; of Dimension Index Sequence it thinks otherwise than PS3.3 C.7.6.17
  const apart = ['(0008,0060)', '(0020,9222)'];

  test('each attribute that is said to be missing is missing for it too', { timeout: 60_000 }, async () => {
    let compared = 0;
    for (const { path, bytes } of readCorpus()) {
      const theirs = missingByDciodvfy(join(corpusFolder, path));
      const found = await conformanceOf(bytes).catch((error: unknown) => {
        if (DomainError.is(error)) return [];
        throw error;
      });
      if (theirs === undefined) continue;
      for (const { place } of found.filter(({ code }) => code === 'AttributeMissing')) {
        const tag = tagText(place.tag ?? 0);
        if (apart.includes(tag)) continue;
        expect(theirs, `${path} ${tag}`).toContain(tag);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});

const tagText = (tag: number) =>
  `(${tag
    .toString(16)
    .padStart(8, '0')
    .replace(/^(....)/, '$1,')})`;

/** Attributes of any Type and level that it misses; undefined where it crashes, or finds no class to begin with. */
function missingByDciodvfy(path: string): string[] | undefined {
  const { status, stderr } = spawnSync('dciodvfy', ['-new', path], { encoding: 'latin1' });
  if ((status !== 0 && status !== 1) || stderr.includes('Information Object Not found')) return undefined;
  const paths = stderr.split('\n').map((line) => /^Error - <([^>]+)> - Missing attribute/.exec(line)?.[1] ?? '');
  return paths.flatMap((path) => path.match(/\([0-9a-f]{4},[0-9a-f]{4}\)$/) ?? []);
}
