import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { DomainError } from '../../core/submission/codes/DomainError.ts';

export interface XnatAddress {
  /** Scheme, host and port. */
  origin: string;
  /** Context path, without a slash at its end. */
  basePath: string;
  /** Resolves the host for one connection; answers none but allowed addresses. */
  lookup: LookupFunction;
}

/** All addresses of a name, as `dns.lookup` with `all` finds them. */
export type ResolveHost = (
  host: string,
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Loopback is for the stand-in: only a host that is written as one of these may lead there. */
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Nobody's archive, whatever the configuration says. Private networks are allowed: many an XNAT stands in one. */
const nowhere = [
  ['0.0.0.0', 8], // "this host": Linux connects to loopback
  ['169.254.0.0', 16], // link-local: metadata of AWS, Azure, GCP; the credentials of containers
  ['100.100.100.200', 32], // metadata of Alibaba
  ['192.0.0.192', 32], // metadata of Oracle
  ['168.63.129.16', 32], // Azure's host
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const;
const nowhereV6 = [
  ['::', 128],
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local
  ['fd00:ec2::', 32], // AWS: metadata, DNS and time at fixed addresses
  ['fd20:ce::254', 128], // metadata of GCP
  ['ff00::', 8], // multicast
  ['2001::', 32], // Teredo, which hides an IPv4 address
] as const;

const forbidden = blockListOf(nowhere, nowhereV6);
const loopback = blockListOf([['127.0.0.0', 8]], [['::1', 128]]);

/**
 * The one place the adapter may speak to, from the deployment's configuration. Its host is resolved anew for each
 * connection and every address is looked at before the socket opens, so that a name that changes its mind (DNS
 * rebinding) leads nowhere either.
 * @throws DomainError XnatRefused for a URL that is no plain root of a site, or that names a forbidden address
 */
export function xnatAddress(url: string, resolve: ResolveHost = resolveAll): XnatAddress {
  const parsed = URL.parse(url);
  if (parsed === null) throw refused('it is no URL');
  const { protocol, hostname, pathname, origin } = parsed;
  const basePath = pathname.replace(/\/+$/, '');
  // what a parser silently rewrites (decimal hosts, user@host, backslashes, dots, percent) nobody meant
  if (plain(url) !== `${origin}${basePath}`) throw refused('it is not written as the plain root of a site');
  if (/%|\/\/|[^\x21-\x7e]/.test(basePath)) throw refused('its path has more than plain segments');
  const isLoopback = loopbackHosts.has(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) throw refused('it is not https');
  const literal = hostname.replace(/^\[|\]$/g, '');
  const isAllowed = (address: string) => !isListed(forbidden, address) && (isLoopback || !isListed(loopback, address));
  if (isIP(literal) !== 0 && !isAllowed(literal)) throw refused('its address is one no archive has');
  return { origin, basePath, lookup: guardedLookup(resolve, isAllowed) };
}

/** The text with its case-insensitive part in lower case, and without slashes at its end. */
const plain = (url: string) =>
  url.replace(/^[A-Za-z]+:\/\/[^/?#\\]*/, (start) => start.toLowerCase()).replace(/\/+$/, '');

function guardedLookup(resolve: ResolveHost, isAllowed: (address: string) => boolean): LookupFunction {
  return (host, { all }, answer) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return answer(error ?? new Error('The host has no address'), '', 0);
      // one bad address spoils the name: the next connection might take it
      if (!addresses.every(({ address }) => isAllowed(address)))
        return answer(refused('its host resolves to an address no archive has'), '', 0);
      if (all === true) return answer(null, addresses);
      return answer(null, first.address, first.family);
    });
  };
}

const resolveAll: ResolveHost = (host, found) => systemLookup(host, { all: true }, found);

function isListed(list: BlockList, address: string): boolean {
  // a scope (fe80::1%eth0) is no part of the address
  const bare = address.replace(/%.*$/, '');
  return list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}

type Subnets = ReadonlyArray<readonly [string, number]>;

/** IPv4 subnets are listed in each form in which an IPv6 address embeds them; `BlockList` itself knows the mapped one. */
function blockListOf(v4: Subnets, v6: Subnets): BlockList {
  const list = new BlockList();
  for (const [address, bits] of v4) {
    list.addSubnet(address, bits);
    list.addSubnet(`::${address}`, 96 + bits, 'ipv6');
    list.addSubnet(`64:ff9b::${address}`, 96 + bits, 'ipv6');
    list.addSubnet(sixToFour(address), 16 + bits, 'ipv6');
  }
  for (const [address, bits] of v6) list.addSubnet(address, bits, 'ipv6');
  return list;
}

/** RFC 3056 §2: 2002:V4ADDR::/48. */
function sixToFour(address: string): string {
  const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `2002:${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}::`;
}

const refused = (state: string) =>
  new DomainError(
    'XnatRefused',
    `Cannot use the configured address of XNAT: ${state}, wanted https and an archive's host`,
  );
