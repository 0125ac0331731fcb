import { refusal } from '../exitOf.ts';

/** Secrets and patient data go over TLS, or stay on this computer. @throws a refusal `configuration` */
export function requireSafe(address: string): void {
  const url = URL.parse(address);
  if (url === null) throw refusal('configuration', 'Cannot reach the service: its address is no URL');
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isHere)) return;
  throw refusal('configuration', `Cannot use ${url.origin}: beyond this computer only https is safe`);
}
