import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The id in a path below `/v1/responses/`, as it came: no id has a character that is escaped. */
export function responseIdIn({ rawPath }: APIGatewayProxyEventV2): string {
  return rawPath.split('/')[3] ?? '';
}
