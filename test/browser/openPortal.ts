import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const Violations = z.array(z.object({ id: z.string(), nodes: z.array(z.string()) }));

export interface Portal {
  page: Page;
  /** What the browser complained of: errors on the console, violations of the security policy, what was thrown. */
  complaints: string[];
  signIn(user: { name: string; password: string }): Promise<void>;
  /** Rules of WCAG 2.2 A and AA that the page breaks now, with the elements that do. */
  accessibilityFaults(): Promise<z.infer<typeof Violations>>;
  close(): Promise<void>;
}

/** A fresh browser profile at the portal. */
export async function openPortal(browser: Browser, url: string): Promise<Portal> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const page = await context.newPage();
  await page.goto(url);

  return {
    page,
    complaints,
    signIn: async (user) => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await fillSignIn(page, user);
      await page.getByRole('heading', { name: 'Send scans to the archive' }).waitFor();
    },
    accessibilityFaults: async () => {
      // Before the page has been drawn there is nothing to judge but its absence.
      await page.locator('h1').first().waitFor({ state: 'attached' });
      await page.evaluate(await axeSource);
      const found: unknown = await page.evaluate(`axe
        .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`);
      return Violations.parse(found);
    },
    close: () => context.close(),
  };
}

/** The issuer's own page. */
export async function fillSignIn(page: Page, { name, password }: { name: string; password: string }): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
