import * as oauth from 'oauth4webapi';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';

interface Issuer {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  /** Given to every request to the issuer. */
  options: { [oauth.allowInsecureRequests]: boolean };
}

/** The issuer's endpoints from its discovery document. Plain HTTP is accepted on this computer alone. */
export async function discoverIssuer({ issuer, clientId }: ServiceDescription): Promise<Issuer> {
  const address = new URL(issuer);
  const isThisComputer = ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname);
  const options = { [oauth.allowInsecureRequests]: isThisComputer };
  const answer = await oauth.discoveryRequest(address, { ...options, algorithm: 'oidc' });
  const server = await oauth.processDiscoveryResponse(address, answer);
  return { server, client: { client_id: clientId }, options };
}
