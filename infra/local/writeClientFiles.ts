import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../core/policy/accessTable.ts';
import type { ClientConfig } from '../../core/upload/clientCredentials.ts';
import type { IdentityClient } from './identityClients.ts';

interface Clients {
  /** Of the service. */
  url: string;
  clients: IdentityClient[];
  /** By client id. */
  secrets: ReadonlyMap<string, string>;
}

/**
 * How the command line of this machine signs in: `cli.json` to send and to read, `operator.json` to release and to
 * withdraw. Answers the former. Throws when the template has no such client.
 */
export function writeClientFiles(dataDir: string, { url, clients, secrets }: Clients): ClientConfig {
  mkdirSync(dataDir, { recursive: true });
  const write = (name: string, role: Role): ClientConfig => {
    const { clientId } = clients.find(({ isMachine, scopes }) => isMachine && scopes.includes(`airlock/${role}`)) ?? {};
    const clientSecret = secrets.get(clientId ?? '');
    if (clientId === undefined || clientSecret === undefined) {
      throw new Error(`Cannot write ${name}: the template has no client of the role ${role}`);
    }
    const config = { url, clientId, clientSecret };
    writeFileSync(join(dataDir, name), JSON.stringify(config), { mode: 0o600 });
    return config;
  };
  write('operator.json', 'operator');
  return write('cli.json', 'uploader');
}
