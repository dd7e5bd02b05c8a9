import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { listSubmittedTypes } from '../../config/task-types.ts';
import { buildDocument } from '../../core/http-contract/build-document.ts';
import { errorStatus } from './middleware/error-status.ts';
import { servePublic } from './middleware/serve-http.ts';

const { SETTINGS, STREAM_URL } = readEnvironment(
  Environment.pick({ SETTINGS: true, STREAM_URL: true }),
  process.env,
);
const { version, open, webSocket } = SETTINGS;
const text = JSON.stringify(
  buildDocument({
    version,
    open,
    webSocket,
    streamUrl: STREAM_URL,
    taskTypes: [...listSubmittedTypes(readDeployed().ownTypes).values()],
    errorStatus,
  }),
);

/** GET /openapi.json */
export const handler = servePublic(async () => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=60' },
  text,
}));
