import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { toWireProvider } from '../../core/providers/provider-wire.ts';
import { openProviderStates } from '../provider-states.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const environment = readEnvironment(Environment.pick({ SETTINGS: true, STATE_TABLE: true }), process.env);
const { enabled, states } = openProviderStates(environment);

/** GET /api/v1/providers: the whole catalogue, with what is not configured as not enabled. */
export const handler = serveTenant(createAuthenticate(process.env, 'read'), async () => {
  const found = await states.read();
  return {
    status: 200,
    json: {
      providers: readDeployed().providers.map((definition) =>
        toWireProvider(definition, enabled.get(definition.name), found.get(definition.name)?.models),
      ),
    },
  };
});
