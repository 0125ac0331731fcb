import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const installed = ['/usr/bin/google-chrome', '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Nothing here weakens the web's own rules: no flag that turns off CORS or the content security policy. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The package brings a Chromium for Linux on x64 alone. */
export const hasChromium =
  installed.some((path) => existsSync(path)) || (process.platform === 'linux' && process.arch === 'x64');

/** A headless Chromium with an empty profile: the installed one, else the one that comes as a package. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = installed.find((path) => existsSync(path)) ?? (await packagedChromium());
  return chromium.launch({ executablePath, args: flags, headless: true });
}

/** The package unpacks the libraries it needs, and points LD_LIBRARY_PATH to them, only where it believes to be in Lambda. */
async function packagedChromium(): Promise<string> {
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x';
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
