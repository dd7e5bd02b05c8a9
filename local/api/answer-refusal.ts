// A refusal in the shape of the service's own errors: application/problem+json, RFC 9457.
import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './find-refusal.ts';

export function answerRefusal(refusal: Refusal, response: ServerResponse): void {
  const { headers, body } = toProblem(refusal);
  response.writeHead(refusal.status, headers).end(body);
}

/** Before an upgrade there is no response object, only the socket. */
export function refuseUpgrade(refusal: Refusal, socket: Duplex): void {
  const { headers, body } = toProblem(refusal);
  const lines = Object.entries({ connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function toProblem({ status, code, detail }: Refusal) {
  const requestId = randomUUID();
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code, request_id: requestId });
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  };
  return { headers, body };
}
