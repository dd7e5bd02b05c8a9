import { type LookupAddress, lookup as resolve } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { WebhookReply, WebhookSender } from '../core/webhooks/webhook-sender.ts';

/** Finds every address of a name, as `dns.lookup` does with `all`. */
export type ResolveAll = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface HttpsWebhookSenderOptions {
  timeoutMs: number;
  isAddressAllowed: (address: string) => boolean;
  resolveAll?: ResolveAll;
}

class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** Read at most, so that a receiver that is still writing is not cut off; then thrown away. */
const drainBytes = 64 * 1024;
const drainMilliseconds = 1_000;
/** Of all headers together. More is an error, and so are trailers or interim answers without end: time is over first. */
const maxHeaderSize = 16 * 1024;

/**
 * Posts over a connection of its own. The name is resolved once, every address it has is checked, and the
 * socket goes to one of those. There is no second lookup between check and connect, because it could answer
 * otherwise. An address written into the URL is never looked up, so the caller checks those
 * (core/webhooks/check-callback-url.ts).
 *
 * Settles within `timeoutMs`, lookup included, whatever the receiver does: a timer of its own ends it, since a receiver
 * that switches protocols (101) takes the socket out of the request's hands, and its signal with it.
 */
export function createHttpsWebhookSender(options: HttpsWebhookSenderOptions): WebhookSender {
  const { timeoutMs } = options;
  const lookup = checkedLookup(options.resolveAll ?? resolveWithSystem, options.isAddressAllowed);
  return {
    post: (url, headers, body) =>
      new Promise<WebhookReply>((resolve) => {
        const target = new URL(url);
        const send = target.protocol === 'http:' ? requestHttp : requestHttps;
        const bytes = Buffer.from(body);
        const request = send(target, {
          method: 'POST',
          // No pool: a kept connection would skip the check of its address.
          agent: false,
          lookup,
          maxHeaderSize,
          headers: { ...headers, 'content-length': bytes.byteLength },
        });
        let isSettled = false;
        let status: number | undefined;
        /** Once there is a status it is the answer, whatever follows: a reset, a bad chunk, a body without end. */
        const settle = (otherwise: WebhookReply) => {
          if (isSettled) return;
          isSettled = true;
          clearTimeout(timer);
          resolve(status === undefined ? otherwise : { kind: 'answered', status });
          request.destroy();
        };
        const isLate: WebhookReply = { kind: 'timeout', reason: 'no answer in time' };
        const isClosed: WebhookReply = { kind: 'unreachable', reason: 'the connection was closed' };
        const timer = setTimeout(() => settle(isLate), timeoutMs);
        request.on('response', (response) => {
          status = response.statusCode ?? 0;
          drain(response, () => settle(isClosed));
        });
        request.on('upgrade', (response, socket) => {
          status = response.statusCode ?? 0;
          socket.destroy();
          settle(isClosed);
        });
        request.on('error', (error) => settle(explain(error)));
        request.on('close', () => settle(isClosed));
        request.end(bytes);
      }),
  };
}

function checkedLookup(resolveAll: ResolveAll, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) =>
    resolveAll(hostname, (error, addresses) => {
      if (error) return done(error, []);
      const [first] = addresses;
      if (!first) return done(new Error('the name has no address'), []);
      // One forbidden address refuses the name: otherwise chance decides which one the socket takes.
      if (!addresses.every(({ address }) => isAllowed(address)))
        return done(new ForbiddenAddressError('the name leads to an address that is not public'), []);
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
}

const resolveWithSystem: ResolveAll = (hostname, done) => resolve(hostname, { all: true }, done);

function drain(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const stop = () => {
    clearTimeout(timer);
    done();
  };
  const timer = setTimeout(stop, drainMilliseconds);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > drainBytes) stop();
  });
  response.on('end', stop);
  response.on('error', stop);
  response.on('close', stop);
}

/** Our own words and the system's code: nothing a receiver can choose. */
function explain(error: Error): WebhookReply {
  if (error instanceof ForbiddenAddressError) return { kind: 'forbidden', reason: error.message };
  const code = (error as NodeJS.ErrnoException).code;
  return { kind: 'unreachable', reason: code ?? 'the connection failed' };
}
