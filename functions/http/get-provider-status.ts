import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { getProviderStatus } from '../../core/providers/get-provider-status.ts';
import { openProviderStates } from '../provider-states.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { readPathId } from './middleware/read-path-id.ts';
import { serveTenant } from './middleware/serve-http.ts';

const { providers: catalogue } = readDeployed();
const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const { enabled, states } = openProviderStates(environment);

/** GET /api/v1/providers/{name}/status */
export const handler = serveTenant(createAuthenticate(process.env, 'operate'), async (event) => {
  const name = readPathId(event, 'name');
  return {
    status: 200,
    json: await getProviderStatus(name, { catalogue, enabled, states, now: Date.now() }),
  };
});
