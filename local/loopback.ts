// What names this machine alone: the loopback addresses, and the names that RFC 6761 §6.3 keeps for them. No one can
// point these at this machine from outside, as a page does with a name of its own (DNS rebinding).
import { isIPv4 } from 'node:net';

/** @param name without a port. An IPv4 address inside IPv6 is none: nobody needs it, and it has many spellings. */
export function isLoopbackName(name: string): boolean {
  const lower = name.toLowerCase();
  if (lower === '[::1]' || lower === '::1') return true;
  if (isIPv4(lower)) return lower.startsWith('127.');
  return /^([a-z0-9_-]+\.)*localhost$/.test(lower);
}

/** @param host value of the header, with or without a port */
export function isLoopbackHost(host: string | undefined): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '') ?? [];
  return name !== undefined && isLoopbackName(name);
}

/** @param origin value of the header; `null`, which sandboxed frames and files send, could be any page */
export function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, origin: written } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && written === origin && isLoopbackName(hostname);
}
