import { randomBytes } from 'node:crypto';
import { createDynamoConnectionPasses } from '../../adapters/dynamo-connection-passes.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { createConnectionPass } from '../../core/web-socket/create-connection-pass.ts';
import { toWireTime } from '../../core/wire-time.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { resolveAddress } from './middleware/resolve-address.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(
  Environment.pick({ SETTINGS: true, STATE_TABLE: true, WEBSOCKET_URL: true }),
  process.env,
);
const passes = createDynamoConnectionPasses({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
});

/** POST /api/v1/ws-tickets: a browser connects to `url` with `?ticket=` added. */
export const handler = serveTenant(
  createAuthenticate(process.env, 'read'),
  async (event, _tenant, caller) => {
    const url = resolveAddress(event, environment.WEBSOCKET_URL, 'ws');
    const secret = randomBytes(32).toString('base64url');
    const { pass, expiresAt } = await createConnectionPass(caller, secret, Date.now(), passes);
    return {
      status: 201,
      json: { ticket: pass, url, expires_at: toWireTime(expiresAt) },
    };
  },
);
