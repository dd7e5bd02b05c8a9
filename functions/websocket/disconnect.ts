import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { readClient, WebSocketEvent } from './caller.ts';

const Variables = Environment.pick({ SETTINGS: true, STATE_TABLE: true });
const environment = readEnvironment(Variables, process.env);
const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE });
const subscriptions = createDynamoSubscriptions({ table });

/**
 * $disconnect. API Gateway may not call it: then the first refused frame or the time to live removes the
 * rows.
 */
export const handler = async (event: unknown) => {
  const { connectionId, tenant, credential } = readClient(WebSocketEvent.parse(event));
  await subscriptions.remove(connectionId, tenant, credential);
  return { statusCode: 200 };
};
