import { classifyAddress, isAddress } from './classify-address.ts';

/** What the configuration allows beyond https to public addresses at port 443. */
export interface CallbackPolicy {
  allowHttp: boolean;
  /** Loopback and private networks too, at any port. */
  allowPrivate: boolean;
  allowedPorts?: number[] | undefined;
}

const longestUrl = 2048;
/** Names that never lead to a public host (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`). */
const localName = /(^|\.)(localhost|local|internal|localdomain|home\.arpa|lan|onion|test|invalid)$/;

/**
 * Why this URL may not be called; undefined when its form is allowed. Only the URL is looked at. Where its
 * name leads is checked when the connection is made, for every address of the name.
 */
export function checkCallbackUrl(text: string, policy: CallbackPolicy): string | undefined {
  if (text.length > longestUrl) return `must have at most ${longestUrl} characters`;
  const url = URL.parse(text);
  if (!url) return 'must be a URL';
  if (url.protocol !== 'https:' && !(policy.allowHttp && url.protocol === 'http:'))
    return policy.allowHttp ? 'must be an https or http URL' : 'must be an https URL';
  if (url.username || url.password) return 'must not carry a user name or password';
  if (!isPortAllowed(url, policy)) return `must not name port ${url.port}`;
  return checkHost(url.hostname, policy);
}

/** Whether a connection to this address is allowed. */
export function isAddressAllowed(address: string, policy: CallbackPolicy): boolean {
  const kind = classifyAddress(address);
  return kind === 'public' || (policy.allowPrivate && kind !== 'forbidden');
}

function checkHost(hostname: string, policy: CallbackPolicy): string | undefined {
  if (isAddress(hostname))
    return isAddressAllowed(hostname, policy) ? undefined : 'must not name an address that is not public';
  if (policy.allowPrivate) return undefined;
  const name = hostname.replace(/\.$/, '');
  return localName.test(name) || !name.includes('.') ? 'must name a public host' : undefined;
}

function isPortAllowed(url: URL, policy: CallbackPolicy): boolean {
  // The URL parser leaves the port empty where it is the protocol's own.
  if (url.port === '' || policy.allowPrivate) return true;
  return (policy.allowedPorts ?? []).includes(Number(url.port));
}
