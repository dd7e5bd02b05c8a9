import { Environment, readEnvironment } from '../../config/environment.ts';
import { providers } from '../../config/providers.ts';
import { toWireProvider } from '../../core/providers/provider-wire.ts';
import { createAuthenticate } from './middleware/authenticate.ts';
import { serveTenant } from './middleware/serve-http.ts';

const { SETTINGS } = readEnvironment(Environment.pick({ SETTINGS: true }), process.env);
const enabled = new Map(SETTINGS.providers.map((provider) => [provider.name, provider]));

/** GET /api/v1/providers: the whole catalogue, with what is not configured as not enabled. */
export const handler = serveTenant(createAuthenticate(process.env), async () => ({
  status: 200,
  json: {
    providers: providers.map((definition) => toWireProvider(definition, enabled.get(definition.name))),
  },
}));
