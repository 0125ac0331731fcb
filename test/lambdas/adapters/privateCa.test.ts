import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openXnat } from '../../infra/local/xnat/openXnat.ts';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('openssl (Debian: openssl) is absent: certificates of a private CA are not tested');
    return false;
  }
}

describe.runIf(hasOpenssl())('an XNAT whose certificate comes from the CA of its hospital', () => {
  let xnat: Awaited<ReturnType<typeof openXnat>>;
  let front: Server;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    xnat = await openXnat();
    folder = await mkdtemp(join(tmpdir(), 'ca-'));
    writeCertificates(folder);
    const read = (name: string) => readFileSync(join(folder, name));
    // ends TLS as the proxy of a hospital does
    front = createServer({ key: read('xnat.key'), cert: read('xnat.pem') }, (socket) => {
      const behind = connect(Number(new URL(xnat.url).port), '127.0.0.1');
      socket.pipe(behind).pipe(socket);
      for (const end of [socket, behind]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const address = front.address();
    url = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterAll(async () => {
    front.close();
    await xnat.close();
    await rm(folder, { recursive: true });
  });

  const listFiles = async (site: string, environment: Record<string, string>) => {
    const script = fileURLToPath(new URL('../../fixtures/listFilesOnce.ts', import.meta.url));
    const options = { env: { PATH: process.env.PATH, ...environment } };
    const { stdout } = await promisify(execFile)(process.execPath, [script, site], options);
    return stdout.trim();
  };

  test('is trusted when NODE_EXTRA_CA_CERTS names that CA', async () => {
    expect(await listFiles(url, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })).toBe('0');
  });

  test.each([
    { why: 'without it', ca: '', host: 'localhost' },
    { why: 'by another name than that of its certificate', ca: 'ca.pem', host: '127.0.0.1' },
  ])('is not spoken to $why', async ({ ca, host }) => {
    const environment: Record<string, string> = ca === '' ? {} : { NODE_EXTRA_CA_CERTS: join(folder, ca) };
    expect(await listFiles(url.replace('localhost', host), environment)).toBe('XnatUnavailable');
  });
});

function writeCertificates(folder: string) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Hospital CA', '-days', '2');
  openssl(
    'req',
    ...key,
    '-keyout',
    'xnat.key',
    '-out',
    'xnat.csr',
    '-subj',
    '/CN=xnat',
    '-addext',
    'subjectAltName=DNS:localhost',
  );
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2'];
  openssl('x509', '-req', '-in', 'xnat.csr', '-out', 'xnat.pem', ...signed);
}
