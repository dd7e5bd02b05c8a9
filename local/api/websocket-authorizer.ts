// REQUEST authorizers of $connect:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Value } from '../template/cloud-assembly.ts';
import { matchesArn } from './invoke-permissions.ts';

/** 200 with the context for the connection's events, or the status of the refusal. */
export async function authorizeConnect(
  functionArn: string,
  event: Value,
  methodArn: string,
  lambda: LambdaHost,
): Promise<{ status: number; context?: object }> {
  let answer: Value;
  try {
    const request = { ...event, type: 'REQUEST', methodArn };
    const result = await lambda.invoke(functionArn, JSON.stringify(request));
    if (result.functionError) {
      return { status: JSON.parse(result.payload).errorMessage === 'Unauthorized' ? 401 : 500 };
    }
    answer = JSON.parse(result.payload);
  } catch {
    return { status: 500 };
  }
  if (!answer?.principalId) return { status: 500 };
  const statements: Value[] = [answer.policyDocument?.Statement ?? []].flat();
  const effects = statements
    .filter(({ Resource }) => [Resource].flat().some((resource) => matchesArn(resource, methodArn)))
    .map(({ Effect }) => Effect);
  if (!effects.includes('Allow') || effects.includes('Deny')) return { status: 403 };
  return { status: 200, context: { ...answer.context, principalId: answer.principalId } };
}
