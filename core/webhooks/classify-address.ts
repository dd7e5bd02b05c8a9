import ipaddr from 'ipaddr.js';

/**
 * `loopback` and `private` may be allowed by configuration; `forbidden` never: link-local and whatever else serves a
 * cloud's metadata, multicast, tunnels and translations that hide another address, reserved blocks.
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

/**
 * Kinds of ipaddr.js's ranges, which are those of the IANA Special-Purpose Address Registries
 * (iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry). All others are forbidden.
 */
const kindOfRange: Record<string, AddressKind> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
};

/** Where clouds serve credentials and settings to their machines, outside of the link-local blocks. */
const cloudMetadata = [
  // AWS: instance metadata, DNS and time by IPv6 (docs.aws.amazon.com, instancedata-data-retrieval).
  'fd00:ec2::/32',
  // Google Cloud, by IPv6 (cloud.google.com/compute/docs/metadata).
  'fd20:ce::254/128',
  // Alibaba Cloud (alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata).
  '100.100.100.200/32',
  // Azure's platform, a public address that only its machines reach (learn.microsoft.com, what-is-ip-address-168-63-129-16).
  '168.63.129.16/32',
  // Scaleway, by IPv6.
  'fd00:42::42/128',
].map((range) => ipaddr.parseCIDR(range));

/** ipaddr.js calls `unicast` what is in no range. Of IPv6 only this is global unicast (RFC 4291 §2.4). */
const globalUnicast6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Classifies an address in any spelling that the WHATWG URL parser takes (decimal, octal, hexadecimal,
 * shortened). What it refuses, a zone id included, is forbidden. An IPv4-mapped address is what it maps.
 */
export function classifyAddress(address: string): AddressKind {
  const host = normalizeAddress(address);
  if (host === undefined) return 'forbidden';
  const parsed = ipaddr.process(host);
  if (cloudMetadata.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits)))
    return 'forbidden';
  const kind = kindOfRange[parsed.range()] ?? 'forbidden';
  if (kind === 'public' && parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast6)) return 'forbidden';
  return kind;
}

/** Whether a URL's host name is an address and not a name. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The address as the URL parser writes it, without brackets; undefined for what is no address. */
function normalizeAddress(address: string): string | undefined {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (!/^[\da-fx:.]+$/i.test(bare)) return undefined;
  const url = URL.parse(bare.includes(':') ? `http://[${bare}]/` : `http://${bare}/`);
  return url && isAddress(url.hostname) ? url.hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
}
