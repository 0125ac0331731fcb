import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { buildWhenStale, builtPaths } from '../../infra/local/buildWhenStale.ts';
import { listen } from '../../infra/local/listen.ts';
import { type Airlock, startAirlock } from '../../infra/local/startAirlock.ts';
import { hasChromium, launchChromium } from './launchChromium.ts';
import { openPortal, type Portal } from './openPortal.ts';
import { sampleFolder } from './sampleFolder.ts';

if (!hasChromium) console.log('The portal is not tested on the whole system: there is no Chromium for this machine');

describe.runIf(hasChromium)('the portal on the whole system', () => {
  let dataDir: string;
  let airlock: Airlock;
  let browser: Browser;
  let portal: Portal;
  let project: string;
  /** The PUT of a part that storage accepted: address and headers as they were signed. */
  let sentPart: { url: string; headers: Record<string, string> } | undefined;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'airlock-browser-'));
    await buildWhenStale();
    airlock = await startAirlock({ dataDir, templateDir: builtPaths.template, webDir: builtPaths.web, timeScale: 0.1 });
    project = airlock.projects[0] ?? '';
    browser = await launchChromium();
    portal = await openPortal(browser, airlock.urls.portal);
    portal.page.on('request', (request) => {
      if (
        request.method() === 'PUT' &&
        request.url().startsWith(airlock.urls.s3) &&
        request.url().includes('/objects/')
      ) {
        sentPart = { url: request.url(), headers: request.headers() };
      }
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await airlock?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('archives a folder of slices: signed in, sent, followed, and proven by its receipt', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints, signIn, accessibilityFaults } = portal;
    const [user] = airlock.keyring.users;
    await signIn({ name: user?.name ?? '', password: user?.password ?? '' });
    const { path, slices } = await sampleFolder();
    await page.locator('input[type=file]').first().setInputFiles(path);
    await page.getByLabel('Project').fill(project);
    await page.getByRole('button', { name: `Send ${slices} files` }).click();
    await page.getByText('Signature verified in this browser').waitFor({ timeout: 90_000 });

    const passed = await page.getByRole('list', { name: 'What has happened so far' }).innerText();
    const words = ['Uploading', 'Uploaded – being processed', 'Checking', 'De-identifying', 'Archiving'];
    for (const label of [...words, 'Archived and verified']) expect(passed).toContain(label);
    expect(await page.locator('.places').innerText()).toContain('/data/experiments/');
    expect(await page.getByRole('cell', { name: 'Archived', exact: true }).count()).toBe(slices);
    expect(await page.getByRole('cell', { name: 'DOE-4711/series-1/IM0001' }).count()).toBe(1);
    expect(await accessibilityFaults()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('opens an earlier submission after a reload, without the names that only the sending page knew', async () => {
    const { page, complaints } = portal;
    await page.reload();
    await page.getByText('Signature verified in this browser').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('DOE-4711');
    await page.getByRole('button', { name: 'All submissions' }).click();
    await page.getByRole('button', { name: new RegExp(`^${project}.*Archived and verified`) }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('lets no page of another origin call the API, the storage or the sign-in', async () => {
    const foreign = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Elsewhere</title>');
    });
    const { port, stop } = await listen(foreign, 0);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}`);
    const isRefused = (url: string, init: { method: string; headers?: Record<string, string>; body?: string }) =>
      page.evaluate(
        ([address, sent]) =>
          fetch(address, sent).then(
            () => false,
            () => true,
          ),
        [url, init] as const,
      );
    const { api, issuer } = airlock.urls;
    const { clientId } = ServiceDescription.parse(await (await fetch(`${api}/.well-known/airlock.json`)).json());
    const checksum = sentPart?.headers['x-amz-checksum-sha256'] ?? '';
    expect(checksum).not.toBe('');
    const part = { method: 'PUT', headers: { 'x-amz-checksum-sha256': checksum } };
    expect(await isRefused(sentPart?.url ?? '', part)).toBe(true);
    const headers = { authorization: 'Bearer x' };
    expect(await isRefused(`${api}/v1/submissions`, { method: 'GET', headers })).toBe(true);
    const grant = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', client_id: clientId }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await isRefused(`${issuer}/token`, { method: 'POST', headers: form, body: grant })).toBe(true);
    await context.close();
    await stop();
  });

  test('signs out at the issuer too', async () => {
    const { page } = portal;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(new URL(page.url()).origin).toBe(airlock.urls.portal);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Password').waitFor();
  });
});
