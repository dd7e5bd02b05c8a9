import { Environment, readEnvironment } from '../../config/environment.ts';
import { servePublic } from './middleware/serve-http.ts';

const Variables = Environment.pick({ SETTINGS: true });
const { SETTINGS } = readEnvironment(Variables, process.env);

/** GET /health: reads nothing. `uptime_seconds` is that of this execution environment. */
export const handler = servePublic(async () => ({
  status: 200,
  json: { status: 'ok', version: SETTINGS.version, uptime_seconds: Math.floor(process.uptime()) },
}));
