import { type LookupAddress, Resolver } from 'node:dns';
import type { ResolveAll } from './https-webhook-sender.ts';

/**
 * Asks the name servers itself. `dns.lookup` keeps one of libuv's four threads for as long as a name server is silent,
 * so four such names would hold up every other lookup of the process. It knows no hosts file: for public names only.
 *
 * @param timeoutMs of each of two tries
 */
export function createNameResolver(timeoutMs: number): ResolveAll {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  return (hostname, done) => {
    const found: LookupAddress[] = [];
    let failure: NodeJS.ErrnoException | null = null;
    let left = 2;
    const end = (family: 4 | 6) => (error: NodeJS.ErrnoException | null, addresses: string[]) => {
      // A name may have addresses of one family alone.
      if (error) failure = error;
      else found.push(...addresses.map((address) => ({ address, family })));
      left -= 1;
      if (left === 0) done(found.length > 0 ? null : failure, found);
    };
    resolver.resolve4(hostname, end(4));
    resolver.resolve6(hostname, end(6));
  };
}
