import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { buildConsole } from '../../lib/build-console.ts';
import type { Recording } from './recording.ts';

const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves the console as it is built, what it reads as it was recorded, and a WebSocket that replays the frames. */
export async function startReplayServer(recording: Recording) {
  const files = buildConsole(join(import.meta.dirname, '../..'));
  const tasks = new Map(recording.tasks.map((task) => [task.task_id, task]));
  const server = createServer((request, response) => {
    const address = request.headers.host ?? '';
    const answer = answerCall(request, address);
    if (answer === undefined) serveFile(request, response);
    else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    }
  });

  function answerCall({ url = '', method }: IncomingMessage, host: string): unknown {
    const [path = ''] = url.split('?');
    const [, id] = /^\/api\/v1\/tasks\/(.+)$/.exec(path) ?? [];
    if (id) return tasks.get(id);
    switch (`${method} ${path}`) {
      case 'GET /console/config.json':
        return {
          websocket_url: `ws://${host}/ws`,
          stream_url: '',
          authentication: 'none',
          version: 'replay',
        };
      case 'POST /api/v1/ws-tickets':
        return { ticket: 'one', url: `ws://${host}/ws`, expires_at: new Date().toISOString() };
      case 'GET /api/v1/tasks':
        return { tasks: isStarted ? recording.tasks.slice(0, 100) : [], next_cursor: null };
      case 'GET /api/v1/stats':
        return recording.stats;
      case 'GET /api/v1/providers':
        return { providers: recording.providers };
      case 'GET /api/v1/providers/status':
        return { providers: recording.statuses };
      case 'GET /openapi.json':
        return {};
      default:
        return undefined;
    }
  }

  function serveFile({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const name = url === '/' ? 'index.html' : url.replace('/console/', '');
    const content = files.get(name);
    if (!content) response.statusCode = 404;
    response.setHeader('content-type', contentTypes[extname(name)] ?? 'text/plain');
    response.end(content);
  }

  let isStarted = false;
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', () =>
      socket.send('{"event_type":"subscribed","task_ids":[],"batch_ids":[],"replayed":0,"complete":true}'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Sends all frames within a minute, in their order and rhythm, each with the time at which it is sent. */
    async replay(milliseconds: number): Promise<void> {
      isStarted = true;
      const last = recording.frames.at(-1)?.at ?? 1;
      const startedAt = performance.now();
      for (const { at, event } of recording.frames) {
        const wait = (at / last) * milliseconds - (performance.now() - startedAt);
        if (wait > 1) await sleep(wait);
        const text = JSON.stringify({ ...event, timestamp: new Date().toISOString() });
        for (const socket of sockets.clients) socket.send(text);
      }
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}
