import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { readClient, WebSocketEvent } from './caller.ts';

const Variables = Environment.pick({ SETTINGS: true, STATE_TABLE: true });
const environment = readEnvironment(Variables, process.env);
const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE });
const subscriptions = createDynamoSubscriptions({ table });

/** $connect: the client gets every event of its tenant until it subscribes to certain tasks or batches. */
export const handler = async (event: unknown) => {
  const { connectionId, tenant, credential } = readClient(WebSocketEvent.parse(event));
  await subscriptions.add(connectionId, tenant, Date.now(), credential);
  return { statusCode: 200 };
};
