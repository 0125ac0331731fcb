/**
 * Lets the signer take a body's digest that is already known: it would hash the body a second time, 0.7 of the 3.0 s
 * of processor time that streaming a GiB takes otherwise. `request` is what a middleware of the build step is given; `sha256` is base64.
 */
export function signWithDigest(request: unknown, sha256: string): void {
  if (typeof request !== 'object' || request === null || !('headers' in request)) return;
  const { headers } = request;
  if (typeof headers !== 'object' || headers === null) return;
  Object.assign(headers, { 'x-amz-content-sha256': Buffer.from(sha256, 'base64').toString('hex') });
}
