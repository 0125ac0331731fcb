import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ResolveHost, xnatAddress } from '../../../lambdas/adapters/xnatAddress.ts';
import { xnatArchive } from '../../../lambdas/adapters/xnatArchive.ts';
import { xnatConnection } from '../../../lambdas/adapters/xnatConnection.ts';
import { xnatPaths } from '../../../lambdas/adapters/xnatPaths.ts';
import { targetOf } from '../../contracts/archive.ts';

/** Listens on all of this machine's addresses: whoever reaches any of them is counted. */
let server: Server;
let port: number;
let accepted = 0;
let paths: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.end('{}');
  });
  server.on('connection', () => {
    accepted += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  const address = server.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A name server that the attacker owns. */
const leadsTo =
  (...addresses: string[]): ResolveHost =>
  (_host, found) =>
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
const reach = async (url: string, resolve?: ResolveHost) => {
  const archive = xnatArchive({ url, ...account, ...(resolve && { resolve }), timeoutMs: 3000 });
  await archive.listFiles(targetOf(1)).finally(archive.end);
};

/** `:PORT` is where the listener is. */
const written = [
  'http://127.1:PORT',
  'http://127.0.1:PORT',
  'http://2130706433:PORT',
  'http://0x7f000001:PORT',
  'http://0x7f.0.0.1:PORT',
  'http://017700000001:PORT',
  'http://0177.0.0.1:PORT',
  'http://127.0.0.2:PORT',
  'http://127.255.255.254:PORT',
  'http://0.0.0.0:PORT',
  'http://0:PORT',
  'http://[::]:PORT',
  'http://[::ffff:127.0.0.1]:PORT',
  'http://[::ffff:7f00:1]:PORT',
  'http://[0:0:0:0:0:0:0:1]:PORT',
  'http://localhost.:PORT',
  'http://ⓛocalhost:PORT',
  'http://127。0。0。1:PORT',
  'http://user@127.0.0.1:PORT',
  'http://user:pass@localhost:PORT',
  'http://xnat.example@127.0.0.1:PORT',
  'http://127.0.0.1:PORT#@xnat.example',
  'http://127.0.0.1:PORT?x=1',
  'http://127.0.0.1:PORT\\@xnat.example',
  'http:127.0.0.1:PORT',
  'http:/127.0.0.1:PORT',
  'http:\\\\127.0.0.1:PORT',
  ' http://127.0.0.1:PORT',
  'http://127.0.0.1:PORT/a/../b',
  'http://127.0.0.1:PORT/%2e%2e/b',
  'http://127.0.0.1:PORT/a//b',
  'http://127.0.0.1:PORT/a%0d%0ab',
  'http://127.0.0.1:PORT\t',
  'ftp://127.0.0.1:PORT',
  'file:///etc/passwd',
  'https://169.254.169.254:PORT',
  'https://[fd00:ec2::254]:PORT',
  'https://[fe80::1]:PORT',
  'https://127.0.0.2:PORT',
  'https://[::ffff:a9fe:a9fe]:PORT',
];

/** A host of a fair name, by what it resolves to. */
const resolved = [
  ['127.0.0.1'],
  ['127.0.0.53'],
  ['::1'],
  ['::ffff:127.0.0.1'],
  ['::127.0.0.1'],
  ['0.0.0.0'],
  ['::'],
  ['169.254.169.254'],
  ['::ffff:169.254.169.254'],
  ['169.254.170.2'],
  ['fd00:ec2::254'],
  ['fe80::1'],
  ['fe80::1%lo'],
  ['fec0::1'],
  ['ff02::1'],
  ['224.0.0.1'],
  ['255.255.255.255'],
  ['100.100.100.200'],
  ['192.0.0.192'],
  ['168.63.129.16'],
  ['64:ff9b::7f00:1'],
  ['64:ff9b::a9fe:a9fe'],
  ['2002:7f00:1::'],
  ['2002:a9fe:a9fe::1'],
  ['2001:0:a9fe:a9fe::1'],
  ['fd20:ce::254'],
  ['10.0.0.9', '127.0.0.1'],
  ['10.0.0.9', '::1'],
];

describe('an address that is no archive is not spoken to', () => {
  test('tells sixty of them', () => expect(written.length + resolved.length).toBeGreaterThanOrEqual(60));

  test.each(written)('%j', async (url) => {
    accepted = 0;
    await expect(reach(url.replace('PORT', String(port)))).rejects.toMatchObject({
      name: 'XnatRefused',
    });
    expect(accepted).toBe(0);
  });

  test.each(resolved)('a host that resolves to %s %s', async (...addresses) => {
    accepted = 0;
    const given = addresses.filter((address) => address !== undefined);
    await expect(reach(`https://xnat.example:${port}`, leadsTo(...given))).rejects.toMatchObject({
      name: 'XnatRefused',
    });
    expect(accepted).toBe(0);
  });

  test('a host that resolves to something else for each connection', async () => {
    accepted = 0;
    let lookups = 0;
    const rebinding: ResolveHost = (host, found) => {
      lookups += 1;
      // the first answer is a fair one, where nothing listens
      return leadsTo(lookups === 1 ? '192.0.2.1' : '127.0.0.1')(host, found);
    };
    const { origin, lookup } = xnatAddress(`https://xnat.example:${port}`, rebinding);
    expect(origin).toBe(`https://xnat.example:${port}`);
    const answers = [];
    for (let index = 0; index < 2; index += 1) {
      answers.push(
        await new Promise((done) => lookup('xnat.example', { all: false }, (error, address) => done(error ?? address))),
      );
    }
    expect(answers).toEqual(['192.0.2.1', expect.objectContaining({ name: 'XnatRefused' })]);
    expect(accepted).toBe(0);
  });

  test('while the listener itself can be reached by the addresses of the stand-in', async () => {
    accepted = 0;
    await expect(reach(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ name: 'XnatUnavailable' });
    await expect(reach(`HTTP://LocalHost:${port}/`)).rejects.toMatchObject({ name: 'XnatUnavailable' });
    expect(accepted).toBeGreaterThanOrEqual(2);
  });

  test.each(['10.1.2.3', '192.168.7.7', '172.16.0.5', '203.0.113.9', 'fd12:3456::1', '2a00:1450::1'])(
    'and a host at %s may be an archive',
    async (address) => {
      const { lookup } = xnatAddress('https://xnat.example/xnat', leadsTo(address));
      const found = await new Promise((done) =>
        lookup('xnat.example', { all: true }, (error, all) => done(error ?? all)),
      );
      expect(found).toMatchObject([{ address }]);
    },
  );
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '%2f',
        '%2F..',
        '%00',
        '\0',
        '?',
        '#',
        ';',
        '&',
        '\r\n',
        ' ',
        'é',
        '💣',
        'a',
        '_',
        '-',
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,70}$/),
);

describe('a label is one path segment', () => {
  const standing = targetOf(1);
  const pathsFor = (text: string) => [
    () => xnatPaths.scan({ ...standing, xnatProject: text }),
    () => xnatPaths.scan({ ...standing, session: { ...standing.session, subject: text } }),
    () => xnatPaths.scan({ ...standing, session: { ...standing.session, session: text } }),
    () => xnatPaths.scan({ ...standing, scan: { ...standing.scan, scan: text } }),
  ];

  test('or is refused, whatever is in it', () => {
    let kept = 0;
    const property = fc.property(hostile, fc.nat({ max: 3 }), (text, which) => {
      const build = pathsFor(text)[which];
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) {
        expect(build).toThrow(expect.objectContaining({ name: 'XnatRefused' }));
        return;
      }
      kept += 1;
      const segments = build?.().split('/') ?? [];
      expect(segments).toHaveLength(10);
      expect(segments[[3, 5, 7, 9][which] ?? 0]).toBe(text);
    });
    fc.assert(property, { numRuns: 10_000 });
    expect(kept).toBeGreaterThan(1000);
  });

  test('and a file name is one too, as the wire carries it', async () => {
    const connection = xnatConnection(xnatAddress(`http://127.0.0.1:${port}`));
    const property = fc.asyncProperty(hostile, async (name) => {
      let path: string;
      try {
        path = xnatPaths.file(standing, name);
      } catch (error) {
        expect(error).toMatchObject({ name: 'XnatRefused' });
        return;
      }
      paths = [];
      const answer = await connection.send({ method: 'GET', path, headers: {}, signal: AbortSignal.timeout(5000) });
      await answer.content();
      const segments = paths[0]?.split('/') ?? [];
      expect(segments).toHaveLength(14);
      expect(decodeURIComponent(segments[13] ?? '')).toBe(name);
    });
    await fc.assert(property, { numRuns: 500 });
    connection.close();
  });

  test.each([
    '/data/../xapi/users',
    '/data/%2e%2e/x',
    '/xapi',
    '//elsewhere.test/data/x',
    '/data/a\\b',
    '/DATA/x',
    '/other/x',
  ])('and the connection refuses the path %s', async (path) => {
    accepted = 0;
    const connection = xnatConnection(xnatAddress(`http://127.0.0.1:${port}`));
    const sent = connection.send({ method: 'GET', path, headers: {}, signal: AbortSignal.timeout(5000) });
    await expect(sent).rejects.toMatchObject({ name: 'XnatRefused' });
    expect(accepted).toBe(0);
  });
});
