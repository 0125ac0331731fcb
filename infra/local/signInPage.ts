import { createHash } from 'node:crypto';

const style = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-content: center; color: #1b1f24; background: #f4f5f6 }
main { width: min(22rem, 90vw); padding: 2rem; background: #fff; border: 1px solid #d0d5da; border-radius: .5rem }
h1 { font-size: 1.25rem; margin: 0 0 1rem }
label { display: block; margin: 1rem 0 .25rem }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem .75rem; border: 1px solid #6b7580; border-radius: .25rem }
button { margin-top: 1.5rem; color: #fff; background: #1f5f8b; border-color: #1f5f8b; cursor: pointer }
:focus-visible { outline: 3px solid #8ab8d8; outline-offset: 1px }
[role=alert] { color: #9b1c1c; margin: 0 }
@media (prefers-color-scheme: dark) { body { color: #e8eaed; background: #14171a } main { background: #1d2126; border-color: #3a414a } input { color: inherit; background: #14171a } [role=alert] { color: #ff9b9b } }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** The page's only powers: its own style, and a form whose answer leads back to the portal. */
export const pageHeaders = (portalUrl: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self' ${portalUrl}; frame-ancestors 'none'; base-uri 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});

/** The sign-in page of one machine: no scripts, one form. */
export function signInPage({ action, refused }: { action: string; refused: boolean }): string {
  return page(
    'Sign in',
    `<h1>Sign in to Airlock</h1>
${refused ? '<p role="alert" id="refused">This name and password do not belong together.</p>' : ''}
<form method="post" action="${escapeHtml(action)}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus${refused ? ' aria-describedby="refused"' : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>`,
  );
}

/** A page with one sentence, or with one question that the given form asks. */
export const notePage = (title: string, text: string, form = ''): string =>
  page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${form}`);

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${style}</style></head><body><main>${body}</main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
