import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { buildWhenStale } from '../../infra/local/buildWhenStale.ts';
import { hasChromium, launchChromium } from './launchChromium.ts';
import { fillSignIn, openPortal, type Portal } from './openPortal.ts';
import { demoUser, startPortalServer } from './portalServer.ts';
import { sampleFolder } from './sampleFolder.ts';

if (!hasChromium) console.log('The portal is not tested: there is no Chromium for this machine');

describe.runIf(hasChromium)('the page in Chromium', () => {
  let browser: Browser;
  let portal: Portal;
  let server: Awaited<ReturnType<typeof startPortalServer>>;

  beforeAll(async () => {
    await buildWhenStale();
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await portal.close();
    await server.stop();
  });

  async function open(options: Parameters<typeof startPortalServer>[0] = {}) {
    server = await startPortalServer(options);
    portal = await openPortal(browser, server.url);
    return portal;
  }

  async function openSignedIn(options: Parameters<typeof startPortalServer>[0] = {}) {
    const opened = await open(options);
    await opened.signIn(demoUser);
    return opened;
  }

  const chooseFolder = async (path: string) => portal.page.locator('input[type=file]').first().setInputFiles(path);

  test('signs in, tells what was found, sends it, and proves the receipt, with no fault of access or policy', async () => {
    const { page, complaints, accessibilityFaults, signIn } = await open();
    expect(await accessibilityFaults()).toEqual([]);
    await signIn(demoUser);
    expect(await accessibilityFaults()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults()).toEqual([]);

    const { path, slices } = await sampleFolder();
    await chooseFolder(path);
    const send = page.getByRole('button', { name: `Send ${slices} files` });
    await send.waitFor();
    expect(await page.locator('dl').innerText()).toMatch(/Patients\s+1\s+Studies\s+1\s+Series\s+2\s+DICOM files\s+24/);
    expect(await page.getByText('Nothing has left this computer').isVisible()).toBe(true);
    expect(server.cases.size).toBe(0);
    expect(await accessibilityFaults()).toEqual([]);

    await page.getByLabel('Project').fill('DEMO');
    await send.click();
    await page.getByText('Signature verified in this browser').waitFor();
    expect(await page.getByRole('list', { name: 'What has happened so far' }).innerText()).toMatch(
      /Uploaded – being processed[\s\S]+Checking[\s\S]+Archiving[\s\S]+Archived and verified/,
    );
    expect(await page.getByRole('cell', { name: 'DOE-4711/series-1/IM0001' }).count()).toBe(1);
    expect(await accessibilityFaults()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults()).toEqual([]);

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save receipt as file' }).click();
    const saved = await readFile(await (await saving).path(), 'utf8');
    expect(SignedReceipt.parse(JSON.parse(saved)).receipt.totals.archived).toBe(slices);
    expect(complaints).toEqual([]);
  });

  test('keeps tokens in this tab alone and no name anywhere', async () => {
    const { page } = await openSignedIn();
    await chooseFolder((await sampleFolder()).path);
    await page.getByRole('button', { name: /^Send / }).waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('DOE-4711');
    expect(new URL(page.url()).search).toBe('');
  });

  test('goes on with an upload that was interrupted when the same folder is chosen again', async () => {
    let isBusy = true;
    const { page } = await openSignedIn({ isStorageBusy: ({ path }) => isBusy && path.includes('pack-') });
    const { path, slices } = await sampleFolder();
    await chooseFolder(path);
    await page.getByLabel('Project').fill('DEMO');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText(`0 of ${slices} files safe in staging`).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Continue sending' }).waitFor();

    isBusy = false;
    await page.reload();
    await chooseFolder(path);
    await page.getByText('You began to send exactly these files').waitFor();
    await page.getByRole('button', { name: 'Continue sending' }).click();
    await page.getByText('Signature verified in this browser').waitFor();
    expect(server.cases.size).toBe(1);
  });

  test('signs in again beside an upload that outlasts its token', async () => {
    const { page } = await openSignedIn({ tokenSeconds: 4 });
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('DEMO');
    await page.waitForTimeout(4500);
    await page.getByRole('button', { name: /^Send / }).click();
    const opening = page.waitForEvent('popup');
    await page.getByText('Your sign-in has ended').waitFor();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    const window = await opening;
    // The issuer still knows the person, so that its page asks for nothing and the window closes by itself
    if (!window.isClosed()) await window.waitForEvent('close');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText('Signature verified in this browser').waitFor();
  });

  test('tells what happened, what it means for the data and what to do, and lets a wrong project be corrected', async () => {
    const { page } = await openSignedIn();
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('WRONG');
    await page.getByRole('button', { name: /^Send / }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(
      /no such project[\s\S]+Nothing has left[\s\S]+administrator[\s\S]+ProjectNotFound/,
    );
    expect(await alert.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByLabel('Project').fill('DEMO');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText('Signature verified in this browser').waitFor();
  });

  test.each([
    {
      state: 'held',
      label: 'Held for review',
      reason: 'FilesHeld BurnedInRisk',
      says: 'Pixels may show a name or a date. A person must look at it.',
      why: 'a person must look',
    },
    {
      state: 'rejected',
      label: 'Rejected',
      reason: 'MixedPatients',
      says: 'Send each patient',
      why: 'the rules say no',
    },
    {
      state: 'failed',
      label: 'Failed',
      reason: 'XnatRefused',
      says: 'Check the XNAT account',
      why: 'the archive refuses',
    },
  ] as const)('says $label and never archived when $why', async ({ state, label, reason, says }) => {
    const { page, accessibilityFaults } = await openSignedIn({ end: { state, reason } });
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('DEMO');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.locator('.now').getByText(label).waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toContain(reason);
    expect(text).toContain(says);
    expect(text).not.toMatch(/success|archived and verified/i);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFaults()).toEqual([]);
    }
  });

  test('says first how many files are in the archive when some are not, and which', async () => {
    const outcome = (_: unknown, file: number) =>
      file === 3 ? ({ outcome: 'refused', code: 'DicomTruncated' } as const) : ({ outcome: 'archived' } as const);
    const { page } = await openSignedIn({ outcome });
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('DEMO');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText('23 of 24 files are in the archive').waitFor();
    await page.getByLabel('Show only files that were not archived').check();
    await page.getByRole('row', { name: /^3 Refused The file ends before its data \(DicomTruncated\)/ }).waitFor();
    await page.getByText('1 to 1 of 1').waitFor();
  });

  test('warns of several patients under one label', async () => {
    const { page } = await openSignedIn();
    await chooseFolder((await sampleFolder(['DOE-4711', 'ROE-4712'])).path);
    await page.getByText('these files belong to 2 patients').waitFor();
    await page.getByLabel('Subject label').fill('S1');
    await page.getByText('2 patients would share the subject label S1').waitFor();
  });

  test('refuses to call a receipt genuine that was changed', async () => {
    const { page } = await openSignedIn();
    await page.route('**/receipt', async (route) => {
      const signed = SignedReceipt.parse(await (await route.fetch()).json());
      signed.receipt.issuedAt = '2020-01-01T00:00:00.000Z';
      await route.fulfill({ json: signed });
    });
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('DEMO');
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText('The receipt or its signature does not verify').waitFor();
    expect(await page.getByText('Signature verified').count()).toBe(0);
  });

  test('is used by keyboard alone', async () => {
    const { page } = await open();
    const nameOfFocused = () =>
      page.evaluate<string>(
        "document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.innerText ?? ''",
      );
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 30; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await nameOfFocused()).trim() === name) return;
      }
      throw new Error(`Cannot reach ${name} by keyboard`);
    };
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await tabTo('Sign in');
    await page.keyboard.press('Enter');
    await fillSignIn(page, demoUser);
    await page.getByText('Choose folder').waitFor();
    const choosing = page.waitForEvent('filechooser');
    await tabTo('Choose folder');
    await page.keyboard.press('Enter');
    await (await choosing).setFiles((await sampleFolder()).path);
    await page.getByRole('heading', { name: 'Look at what was found' }).waitFor();
    await page.getByLabel('Project').waitFor();
    await tabTo('Project');
    await page.keyboard.type('DEMO');
    await page.keyboard.press('Enter');
    await page.getByText('Signature verified in this browser').waitFor();
    await tabTo('All submissions');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /DEMO/ }).waitFor();
  });

  test('fits 320 pixels without scrolling sideways, in every step', async () => {
    const { page } = await openSignedIn();
    await page.setViewportSize({ width: 320, height: 640 });
    const overflow = () => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    await chooseFolder((await sampleFolder()).path);
    await page.getByLabel('Project').fill('DEMO');
    expect(await overflow()).toBe(0);
    await page.getByRole('button', { name: /^Send / }).click();
    await page.getByText('Signature verified in this browser').waitFor();
    expect(await overflow()).toBe(0);
  });

  test('takes a folder that is dropped', async () => {
    const { page } = await openSignedIn();
    const { path, slices } = await sampleFolder();
    const area = await page.locator('.dropArea').boundingBox();
    const at = { x: (area?.x ?? 0) + 20, y: (area?.y ?? 0) + 10 };
    const cdp = await page.context().newCDPSession(page);
    onTestFinished(() => cdp.detach().catch(() => undefined));
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await cdp.send('Input.dispatchDragEvent', { type, ...at, data });
    }
    await page.getByRole('button', { name: `Send ${slices} files` }).waitFor();
  });
});
