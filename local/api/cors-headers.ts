// CORS of an HTTP API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
// and of a Function URL, whose properties have the same names:
// https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Openness } from '../openness.ts';
import type { Value } from '../template/cloud-assembly.ts';

/**
 * Undefined without CORS. Without a token `*` is not said, to no page: it becomes the origin of the one that asks,
 * which is of this machine (find-refusal.ts).
 *
 * @param cors CorsConfiguration of an HTTP API, Cors of a Function URL
 */
export function corsHeaders(
  { method, headers: { origin } }: Pick<IncomingMessage, 'method' | 'headers'>,
  cors: Value,
  openness: Openness,
): OutgoingHttpHeaders | undefined {
  if (!cors || !origin) return undefined;
  const origins: string[] = cors.AllowOrigins ?? [];
  const allowsAll = origins.includes('*');
  if (!allowsAll && !origins.includes(origin)) return {};
  const saysAll = allowsAll && !cors.AllowCredentials && openness === 'token';
  const list = (values: string[] | undefined) => values?.join(',');
  const headers: Record<string, string | undefined> = {
    'access-control-allow-origin': saysAll ? '*' : origin,
    'access-control-allow-credentials': cors.AllowCredentials ? 'true' : undefined,
    'access-control-expose-headers': list(cors.ExposeHeaders),
    // A cache must not hand this answer to a page of another origin.
    vary: saysAll ? undefined : 'origin',
    ...(method === 'OPTIONS' && {
      'access-control-allow-methods': list(cors.AllowMethods),
      'access-control-allow-headers': list(cors.AllowHeaders),
      'access-control-max-age': cors.MaxAge?.toString(),
    }),
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** What AWS answers itself, where CORS is configured. */
export function isPreflight({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
