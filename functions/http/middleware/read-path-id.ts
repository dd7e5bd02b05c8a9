import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ServiceError } from '../../../core/service-error.ts';

/** The id that a path names; throws `not_found` for what can be none, such as a key longer than a table takes. */
export function readPathId(event: APIGatewayProxyEventV2, name: string): string {
  const id = event.pathParameters?.[name] ?? '';
  if (/^[\w-]{1,100}$/.test(id)) return id;
  throw new ServiceError('not_found', `There is no such ${name.replace(/_id$/, '')}`);
}
