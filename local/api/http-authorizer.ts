// Lambda authorizers of HTTP APIs:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { functionArnOf, type InvokePermissions } from './invoke-permissions.ts';

export type Authorization =
  | { readonly allowed: true; readonly context: object | undefined }
  | { readonly allowed: false; readonly status: 401 | 403 | 500; readonly message: string };

const cacheLimit = 10_000;

export class HttpAuthorizer {
  readonly #properties: Record<string, Value>;
  readonly #functionArn: string;
  readonly #lambda: LambdaHost;
  readonly #cache = new Map<string, { until: number; authorization: Authorization }>();

  /** Throws an error that names an authorizer which is not served or may not be invoked. */
  constructor(resource: ResolvedResource, apiArn: string, lambda: LambdaHost, mayInvoke: InvokePermissions) {
    const { id, properties, ref } = resource;
    this.#properties = properties;
    this.#lambda = lambda;
    if (properties.AuthorizerType !== 'REQUEST' || !properties.EnableSimpleResponses) {
      throw new Error(`Authorizer ${id} is not a Lambda authorizer with simple responses`);
    }
    this.#functionArn = functionArnOf(properties.AuthorizerUri);
    const source = `${apiArn}/authorizers/${ref}`;
    if (!mayInvoke(this.#functionArn, 'apigateway.amazonaws.com', source)) {
      throw new Error(
        `Authorizer ${id} may not invoke its function: no AWS::Lambda::Permission allows ${source}`,
      );
    }
  }

  /** @param event the request as the integration would get it */
  async authorize(event: Value, routeArn: string): Promise<Authorization> {
    const sources: string[] = this.#properties.IdentitySource ?? [];
    const identities = sources.map((source) => identity(source, event));
    const ttlSeconds = Number(this.#properties.AuthorizerResultTtlInSeconds ?? 0);
    if (identities.some((value) => value === undefined || value === '')) {
      return { allowed: false, status: 401, message: 'Unauthorized' };
    }
    const key = JSON.stringify(identities);
    const cached = this.#cache.get(key);
    if (cached && cached.until > Date.now()) return cached.authorization;
    const authorization = await this.#ask(event, routeArn, identities);
    if (ttlSeconds > 0 && sources.length > 0 && (authorization.allowed || authorization.status === 403)) {
      if (this.#cache.size > cacheLimit) this.#cache.clear();
      this.#cache.set(key, { until: Date.now() + ttlSeconds * 1000, authorization });
    }
    return authorization;
  }

  async #ask(event: Value, routeArn: string, identitySource: unknown[]): Promise<Authorization> {
    const { body: _, isBase64Encoded: __, ...request } = event;
    const payload = JSON.stringify({ ...request, type: 'REQUEST', routeArn, identitySource });
    const result = await this.#lambda.invoke(this.#functionArn, payload);
    const answer = result.functionError ? undefined : JSON.parse(result.payload);
    if (typeof answer?.isAuthorized !== 'boolean') {
      return { allowed: false, status: 500, message: 'Internal Server Error' };
    }
    if (!answer.isAuthorized) return { allowed: false, status: 403, message: 'Forbidden' };
    return { allowed: true, context: answer.context };
  }
}

function identity(source: string, event: Value): string | undefined {
  const [, place, name = ''] = source.match(/^\$(request\.header|request\.querystring|context)\.(.+)$/) ?? [];
  if (place === 'request.header') return event.headers[name.toLowerCase()];
  if (place === 'request.querystring') return event.queryStringParameters?.[name];
  if (place === 'context') {
    return name.split('.').reduce<Value>((value, part) => value?.[part], event.requestContext);
  }
  throw new Error(`Identity source ${source} is not served locally`);
}
