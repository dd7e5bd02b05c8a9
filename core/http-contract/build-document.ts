import type { TaskType } from '../task-types/task-type.ts';
import type { JsonSchema } from './convert-schema.ts';
import { describeOperation, type OperationContext, sharedHeaders } from './describe-operation.ts';
import { describeTaskTypes } from './describe-task-types.ts';
import { introduction, tags } from './document-texts.ts';
import { describeEvents } from './event-texts.ts';
import { describeWebhooks } from './event-webhooks.ts';
import { operationsOf, streamOperations } from './operations.ts';

export interface DocumentOptions extends Pick<OperationContext, 'open' | 'errorStatus'> {
  version: string;
  /** Whether WebSockets are on. */
  webSocket: boolean;
  /** Base of what is served at the URL of streams; relative where the HTTP API has that address too. */
  streamUrl: string;
  /** Those of this deployment. */
  taskTypes: readonly TaskType[];
}

const describeStreamServer = (url: string) => ({
  url,
  description: 'On AWS another address: the output `StreamUrl` of the deployment. On one machine the same',
});

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token belongs to a tenant, which sees nothing of another, and has scopes: `submit` (give, change and cancel ' +
    'work), `read` (see the tenant’s own), `operate` (see the whole service). Each operation names the one it needs.',
};

/** The OpenAPI 3.1 document, from the schemas that check requests and type answers. */
export function buildDocument(options: DocumentOptions): Record<string, unknown> {
  const { version, taskTypes, open, errorStatus, streamUrl } = options;
  const schemas: Record<string, JsonSchema> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of [...operationsOf(options), ...streamOperations])
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: {
        ...describeOperation(operation, { open, errorStatus, schemas }),
        ...(streamOperations.includes(operation) && { servers: [describeStreamServer(streamUrl)] }),
      },
    };
  const webhooks = describeWebhooks(schemas);
  describeTaskTypes(taskTypes, schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'LLM Service',
      version,
      description: `${introduction}\n\n${describeEvents(options)}`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    webhooks,
    components: {
      schemas,
      headers: sharedHeaders,
      ...(!open && { securitySchemes: { bearer } }),
    },
  };
}
