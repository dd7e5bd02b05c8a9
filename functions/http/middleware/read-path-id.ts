import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

/** The id in a path. Throws `not_found` for text that cannot be an id or would not fit a table's key. */
export function readPathId(event: APIGatewayProxyEventV2, name: string): string {
  const id = event.pathParameters?.[name] ?? '';
  if (/^[\w-]{1,100}$/.test(id)) return id;
  throw new ServiceError('not_found', `There is no such ${name.replace(/_id$/, '')}`);
}
