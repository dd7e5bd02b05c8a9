import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** Shares of the requests that are answered by 503, not at all, or by a redirect; the rest are by 204. */
export interface Flakiness {
  fails: number;
  hangs: number;
  redirects: number;
}

export interface FlakyReceiver {
  url: string;
  /** Ids of events that were answered by 2xx. */
  delivered: Set<string>;
  requests: number;
  failed: number;
  hung: number;
  redirected: number;
  /** Requests that followed a redirect. */
  followed: number;
  /** Requests whose signature does not verify. */
  unsigned: number;
  /** Events that came again after a 2xx. */
  repeated: number;
  /** Ids of the tasks and batches of delivered events. */
  subjects: Set<string>;
  close(): void;
}

/** A webhook receiver on loopback that verifies every signature, and fails as often as it is told to. */
export async function startFlakyReceiver(secret: string, flakiness: Flakiness): Promise<FlakyReceiver> {
  const webhook = new Webhook(secret);
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    if (request.url === '/elsewhere') receiver.followed += 1;
    receiver.requests += 1;
    const event = verify(body, request.headers as Record<string, string>);
    if (!event) return response.writeHead(401).end();
    answer(event, response);
  });

  function verify(body: string, headers: Record<string, string>) {
    try {
      return webhook.verify(body, headers) as { event_id: string; task_id: string | null; batch_id: string };
    } catch {
      receiver.unsigned += 1;
      return undefined;
    }
  }

  function answer(
    event: { event_id: string; task_id: string | null; batch_id: string },
    response: ServerResponse,
  ) {
    const luck = Math.random();
    if (luck < flakiness.hangs) receiver.hung += 1;
    else if (luck < flakiness.hangs + flakiness.redirects) {
      receiver.redirected += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    } else if (luck < flakiness.hangs + flakiness.redirects + flakiness.fails) {
      receiver.failed += 1;
      response.writeHead(503).end('try later');
    } else {
      if (receiver.delivered.has(event.event_id)) receiver.repeated += 1;
      receiver.delivered.add(event.event_id);
      receiver.subjects.add(event.task_id ?? event.batch_id);
      response.writeHead(204).end();
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: FlakyReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    delivered: new Set(),
    subjects: new Set(),
    requests: 0,
    failed: 0,
    hung: 0,
    redirected: 0,
    followed: 0,
    unsigned: 0,
    repeated: 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
