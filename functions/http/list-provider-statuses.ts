import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listProviderStatuses } from '../../core/providers/get-provider-status.ts';
import { openProviderStates } from '../provider-states.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const { providers: catalogue } = readDeployed();
const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const { enabled, states } = openProviderStates(environment);

/** GET /api/v1/providers/status */
export const handler = serveTenant(createAuthenticate(process.env, 'operate'), async () => ({
  status: 200,
  json: { providers: await listProviderStatuses({ catalogue, enabled, states, now: Date.now() }) },
}));
