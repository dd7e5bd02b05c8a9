import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

const hostForm = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/**
 * An address of this deployment as its caller reaches it. It is relative where the HTTP API has that address too, as
 * on one machine, whose name its callers know: `localhost`, `127.0.0.1`, or what a container is called.
 * Throws `invalid_request` for a Host header that is none.
 */
export function resolveAddress(event: APIGatewayProxyEventV2, url: string, scheme: 'http' | 'ws'): string {
  if (!url.startsWith('/')) return url;
  const host = event.headers.host ?? event.requestContext.domainName;
  if (!hostForm.test(host)) throw new ServiceError('invalid_request', 'The Host header names no host');
  const isSecure = event.headers['x-forwarded-proto'] === 'https';
  return new URL(url, `${scheme}${isSecure ? 's' : ''}://${host}`).href;
}
