// What a host without a token refuses before anything else sees the request: pages of other sites, which a browser on
// this machine would let in. https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
import type { IncomingMessage } from 'node:http';
import { isLoopbackHost, isLoopbackOrigin } from '../loopback.ts';
import type { Openness } from '../openness.ts';

export interface Refusal {
  readonly status: 400 | 403;
  readonly code: 'invalid_request' | 'forbidden';
  readonly detail: string;
}

type RequestHead = Pick<IncomingMessage, 'method' | 'headers'>;

const remedy = 'set LLM_AUTH_TOKEN, and send it as a bearer token';

export function findRefusal({ method, headers }: RequestHead, openness: Openness): Refusal | undefined {
  if (openness === 'token') return undefined;
  const { host, origin } = headers;
  if (openness === 'machine' && !isLoopbackHost(host)) {
    const detail =
      `Without a token this host answers to loopback names alone, such as localhost, and not to ` +
      `${JSON.stringify(host ?? '')}. To call it by another name, ${remedy}`;
    return { status: 403, code: 'forbidden', detail };
  }
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    const detail =
      `Without a token this host serves pages of loopback origins alone, such as http://localhost:3000, and not ` +
      `${JSON.stringify(origin)}. To call it from another page, ${remedy}`;
    return { status: 403, code: 'forbidden', detail };
  }
  if (hasBody(method, headers) && isFromBrowser(headers) && !isJson(headers['content-type'])) {
    const detail = 'Without a token a page must send its body with the header content-type: application/json';
    return { status: 400, code: 'invalid_request', detail };
  }
  return undefined;
}

const hasBody = (method: string | undefined, headers: IncomingMessage['headers']) =>
  ['POST', 'PUT', 'PATCH'].includes(method ?? '') &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0);

/** Node's own fetch sends Sec-Fetch-Mode too, and nothing else of these. */
const isFromBrowser = (headers: IncomingMessage['headers']) =>
  headers.origin !== undefined ||
  Object.keys(headers).some((name) => name.startsWith('sec-fetch-') && name !== 'sec-fetch-mode');

/** A type that a page of another origin can send only after a preflight, unlike text/plain and forms. */
const isJson = (type = '') => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type.trim());
