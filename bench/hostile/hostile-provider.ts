/**
 * Everything outside of the service, in a process of its own: an OpenAI-compatible provider that gives each hostile task
 * the answer that its schema is to choke on, twelve hostile receivers and an innocent one. GET /report says which
 * innocent tasks' webhooks came, and when. Sends its ports by IPC.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { hostileReceivers } from '../../test/fakes/hostile-receivers.ts';
import { hostileSchemas } from './schemas.ts';

const serviceMs = 100;
const delivered = new Map<string, number>();

const server = createServer(async (request, response) => {
  const body = (await request.toArray()).join('');
  const answer = (json: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
  if (request.url === '/report') return answer(Object.fromEntries(delivered));
  if (request.url === '/hook') {
    const { task_id: task, event_type: type } = JSON.parse(body) as { task_id: string; event_type: string };
    if (type === 'completed' && !delivered.has(task)) delivered.set(task, Date.now());
    return response.writeHead(204).end();
  }
  const [, hostile] = /#hostile (\d+)#/.exec(body) ?? [];
  const content = JSON.stringify(
    hostile === undefined ? { answer: 'done' } : hostileSchemas[Number(hostile)]?.answer,
  );
  setTimeout(
    () =>
      answer({
        id: 'call',
        object: 'chat.completion',
        created: 0,
        model: 'outside',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22 },
      }),
    serviceMs,
  );
});

const receivers: string[] = [];
for (const { protocol, behave } of hostileReceivers.slice(0, 12)) {
  const receiver = createTcpServer((socket) => {
    socket.on('error', () => {});
    behave(socket);
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  receivers.push(`${protocol}://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
}
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port, receivers });
process.on('disconnect', () => process.exit(0));
