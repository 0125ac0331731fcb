import type { Command } from '../CliContext.ts';
import { exitCodes } from '../exitCodes.ts';
import { openService } from '../session/openService.ts';

/** What a token says of its holder; any of it may be absent. */
const shown = ['iss', 'sub', 'site', 'roles', 'scope', 'exp'];

/** `airlock whoami`: where this computer signs in, as whom, and that the service accepts it. */
export const whoami: Command = async (_, context) => {
  const { url, api, token } = await openService(context);
  await api.listSubmissions();
  context.out(`service ${url}`);
  for (const [name, value] of Object.entries(claimsOf(await token({ renew: false })))) {
    if (shown.includes(name.replace(/^custom:/, ''))) context.out(`${name} ${JSON.stringify(value)}`);
  }
  return exitCodes.archived;
};

/** For showing only: the service verifies tokens, not this. An opaque token has none. */
function claimsOf(token: string): object {
  const [, payload] = token.split('.');
  if (payload === undefined) return {};
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return typeof claims === 'object' && claims !== null ? claims : {};
}
