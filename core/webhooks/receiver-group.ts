import { getDomain } from 'tldts';

/**
 * Who is meant by "a receiver" where one is kept from holding up others: a tenant's deliveries to one registrable domain
 * (publicsuffix.org), so that neither a second path nor a new subdomain is a receiver of its own, and another tenant's
 * deliveries to the same host are. Of an address, or a name that nobody registers, the host with its port.
 */
export function receiverGroup(tenant: string, url: string): string {
  const target = URL.parse(url);
  const domain = target && getDomain(target.hostname, { allowPrivateDomains: true });
  return `${tenant}/${domain ?? target?.host ?? 'unknown'}`;
}
