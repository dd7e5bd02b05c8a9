import { join } from 'node:path';
import { createBundledPageFiles } from '../../adapters/bundled-page-files.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { answerPage } from '../../core/pages/answer-page.ts';
import { toWirePageSettings } from '../../core/pages/page-settings.ts';
import { resolveAddress } from './middleware/resolve-address.ts';
import { servePublic } from './middleware/serve-http.ts';

const { SETTINGS, STREAM_URL, WEBSOCKET_URL } = readEnvironment(
  Environment.pick({ SETTINGS: true, STREAM_URL: true, WEBSOCKET_URL: true }).partial({
    WEBSOCKET_URL: true,
  }),
  process.env,
);
const files = createBundledPageFiles(join(import.meta.dirname, 'pages'));

/**
 * Answers what no other route does: GET /, /docs and what these pages load, GET /console/config.json, and 404 or 405
 * for the rest.
 */
export const handler = servePublic(async (event) => {
  const { rawPath: path, headers } = event;
  const { method } = event.requestContext.http;
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead) {
    const addresses = {
      streamUrl: resolveAddress(event, STREAM_URL, 'http'),
      webSocketUrl: WEBSOCKET_URL && resolveAddress(event, WEBSOCKET_URL, 'ws'),
    };
    if (path === '/console/config.json')
      return { status: 200, json: toWirePageSettings(addresses, SETTINGS) };
    const answer = await answerPage({ path, headers, ...addresses }, files);
    if (answer) return answer;
  }
  // What opens a page need not wait until the description of every route is there.
  const { refuseMethod, refuseUnknownRoute } = await import(
    '../../core/http-contract/refuse-unknown-route.ts'
  );
  const isPage = (await files.list()).some((page) => page.path === path);
  throw !isRead && isPage
    ? refuseMethod(method, ['GET', 'HEAD'])
    : refuseUnknownRoute(method, path, SETTINGS);
});
