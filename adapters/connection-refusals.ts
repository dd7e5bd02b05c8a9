import { createConnection } from 'node:net';

/** A server that is there answers a connection within this, if it is anywhere near. */
const patienceMs = 2_000;

/**
 * Whether a connection to a URL's host and port is refused. Of anything else (it opens, it hangs, the name is unknown)
 * only a call shows what it means: false.
 */
export function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  if (!/^https?:$/.test(protocol)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = createConnection({
      // An IPv6 address stands in brackets.
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    });
    const end = (isRefused: boolean) => {
      socket.destroy();
      resolve(isRefused);
    };
    socket.setTimeout(patienceMs, () => end(false));
    socket.once('connect', () => end(false));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED'));
  });
}
