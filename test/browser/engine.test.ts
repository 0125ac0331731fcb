import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { nodeCodecs, policyWith, projectKey } from '../fixtures/deidContext.ts';
import { engineOutcome } from '../fixtures/engineOutcome.ts';
import { variedFiles } from '../fixtures/variedFiles.ts';
import { hasChromium, launchChromium } from './launchChromium.ts';

if (!hasChromium) console.log('The engine is not tested in a browser: there is no Chromium for this machine');

type Outcome = Awaited<ReturnType<typeof engineOutcome>>;

/** A deflater may part its blocks otherwise: what it deflated counts. */
function inflated(outcome: Outcome): unknown {
  if (!('output' in outcome)) return outcome;
  const bytes = Uint8Array.from(outcome.output ?? []);
  const metaLength = 144 + new DataView(bytes.buffer).getUint32(140, true);
  return { ...outcome, output: inflateRawSync(bytes.subarray(metaLength)).toString('hex') };
}

describe.runIf(hasChromium)('the engine in a browser', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({
      ...{ entryPoints: [join(import.meta.dirname, '../fixtures/engineInBrowser.ts')], bundle: true, write: false },
      ...{ format: 'iife', platform: 'browser', target: 'es2022' },
    });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  }, 60_000);
  afterAll(() => browser?.close());

  const options: Array<[string, Partial<ProjectPolicy['deid']>]> = [
    ['the default policy', {}],
    ['no dates', { dates: 'remove' }],
    [
      'every option',
      {
        ...{ dates: 'retain', retainUids: true, retainDeviceIdentity: true, retainInstitutionIdentity: true },
        ...{ retainPatientCharacteristics: true, retainSafePrivate: true, cleanDescriptors: true },
        ...{ cleanStructuredContent: true, cleanGraphics: true },
      },
    ],
  ];
  describe.each(options)('under %s', (_, deid) => {
    test.each(Object.entries(variedFiles))('finds and writes the same as Node: %s', async (name, bytes) => {
      const policy = policyWith(deid);
      const here = await engineOutcome(bytes, { codecs: nodeCodecs, policy, key: projectKey });
      const script = `runEngine(${JSON.stringify([...bytes])}, ${JSON.stringify(policy)}, ${JSON.stringify([...projectKey])})`;
      const there: Outcome = JSON.parse(String(await page.evaluate(script)));
      const same = (outcome: Outcome): unknown => (name === 'deflated' ? inflated(outcome) : outcome);
      expect(same(there)).toEqual(same(JSON.parse(JSON.stringify(here))));
      expect('output' in here).toBe(!['cut', 'text'].includes(name));
    });
  });
});
