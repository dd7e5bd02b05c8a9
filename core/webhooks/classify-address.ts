/**
 * `loopback` and `private` may be allowed by configuration; `forbidden` is no host of anyone's service: link-local
 * (the cloud's metadata), multicast, tunnels and translations that hide another address, reserved blocks.
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

type Block = readonly [cidr: string, kind: Exclude<AddressKind, 'public'>];

/** IANA IPv4 Special-Purpose Address Registry (iana.org/assignments/iana-ipv4-special-registry) and multicast. */
const blocks4: readonly Block[] = [
  ['0.0.0.0/8', 'forbidden'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'private'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'forbidden'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'forbidden'],
  ['192.0.2.0/24', 'forbidden'],
  ['192.31.196.0/24', 'forbidden'],
  ['192.52.193.0/24', 'forbidden'],
  ['192.88.99.0/24', 'forbidden'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'forbidden'],
  ['198.18.0.0/15', 'forbidden'],
  ['198.51.100.0/24', 'forbidden'],
  ['203.0.113.0/24', 'forbidden'],
  ['224.0.0.0/3', 'forbidden'],
];

/** IANA IPv6 Special-Purpose Address Registry; what is outside of 2000::/3 is no global unicast address at all. */
const blocks6: readonly Block[] = [
  ['::1/128', 'loopback'],
  ['fc00::/7', 'private'],
  ['2001::/23', 'forbidden'],
  ['2001:db8::/32', 'forbidden'],
  ['2002::/16', 'forbidden'],
  ['2620:4f:8000::/48', 'forbidden'],
  ['3fff::/20', 'forbidden'],
];
const globalUnicast6 = '2000::/3';

/**
 * Classifies an address in any spelling that the WHATWG URL parser takes (decimal, octal, hexadecimal, shortened);
 * what it does not take, a zone id included, is forbidden. An IPv4-mapped address is what it maps.
 */
export function classifyAddress(address: string): AddressKind {
  const host = normalizeAddress(address);
  if (host === undefined) return 'forbidden';
  if (!host.startsWith('[')) return find(blocks4, toNumber4(host), 32) ?? 'public';
  const number = toNumber6(host.slice(1, -1));
  if (number >> 32n === 0xffffn) return find(blocks4, number & 0xffff_ffffn, 32) ?? 'public';
  const kind = find(blocks6, number, 128);
  if (kind) return kind;
  return isInside(number, globalUnicast6, 128) ? 'public' : 'forbidden';
}

/** Whether a URL's host name is an address and not a name. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

function normalizeAddress(address: string): string | undefined {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (!/^[\da-fx:.]+$/i.test(bare)) return undefined;
  const url = URL.parse(bare.includes(':') ? `http://[${bare}]/` : `http://${bare}/`);
  return url && isAddress(url.hostname) ? url.hostname : undefined;
}

function find(blocks: readonly Block[], number: bigint, bits: number) {
  return blocks.find(([cidr]) => isInside(number, cidr, bits))?.[1];
}

function isInside(number: bigint, cidr: string, bits: number): boolean {
  const [base, prefix] = cidr.split('/') as [string, string];
  const shift = BigInt(bits - Number(prefix));
  return number >> shift === (bits === 32 ? toNumber4(base) : toNumber6(base)) >> shift;
}

function toNumber4(address: string): bigint {
  return address.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

/** Eight groups, at most one run of zeros shortened to `::`, as the URL parser writes it. */
function toNumber6(address: string): bigint {
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}
