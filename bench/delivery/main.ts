/**
 * npm run bench:delivery [-- --tasks 2000 --clients 50 --rate 10 --json file]
 *
 * Are callers told, whatever happens to them? Batches of tasks run through the whole service while WebSocket clients
 * follow them (a fifth drop their connections at random and come back with `since`) and one webhook receiver fails
 * 30 % of its requests, hangs 5 % and redirects 5 %. Takes some minutes. Other services than the local host:
 * LLM_BASE_URL, LLM_WS_URL, LLM_AUTH_TOKEN and LLM_WEBHOOK_SECRET.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.ts';
import { startFlakyReceiver } from './flaky-receiver.ts';
import { FollowingClient } from './following-client.ts';
import { measure, printTable } from './measure.ts';
import { replayDead } from './replay-dead.ts';
import { startLocalTarget, useTarget } from './target.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '2000' },
    clients: { type: 'string', default: '50' },
    /** Tasks a second; without it all at once, which measures a full queue rather than the way of an event. */
    rate: { type: 'string' },
    json: { type: 'string' },
  },
});
const patienceMs = 600_000;
const total = Number(values.tasks);
const rate = values.rate ? Number(values.rate) : undefined;
const batchSize = rate ? Math.max(1, Math.min(100, rate)) : 100;
const clientCount = Number(values.clients);
const secret = process.env.LLM_WEBHOOK_SECRET ?? `whsec_${randomBytes(32).toString('base64')}`;
const { LLM_BASE_URL: baseUrl, LLM_WS_URL: wsUrl, LLM_AUTH_TOKEN: token } = process.env;

const progress = createProgress('delivery');
progress.tell('starting the service');
const target = baseUrl && wsUrl ? useTarget(baseUrl, wsUrl, token) : await startLocalTarget(secret);
const receiver = await startFlakyReceiver(secret, { fails: 0.3, hangs: 0.05, redirects: 0.05 });
const startedAt = new Date().toISOString();

const batches: { id: string; tasks: string[] }[] = [];
interface Follower {
  client: FollowingClient;
  tasks(): string[];
  batches(): string[];
  reconnects: boolean;
}
const followers: Follower[] = [];

/** A tenth follows everything of the tenant, the others a batch or two, or fifty tasks; of all, a fifth comes and goes. */
async function connect(n: number): Promise<void> {
  const [one, two] = [batches[n % batches.length], batches[(n * 7 + 1) % batches.length]];
  const named = one && two ? [...new Set([one, two])] : [];
  const everything = n % 10 === 0;
  const byTask = n % 2 === 1;
  const taskIds = byTask ? named.flatMap(({ tasks }) => tasks.slice(0, 25)) : [];
  const batchIds = everything || byTask ? [] : named.map(({ id }) => id);
  const client = new FollowingClient(target.wsUrl, target.token, { taskIds, batchIds }, startedAt);
  const followed = () => (everything ? batches : named);
  followers.push({
    client,
    tasks: () => (byTask ? taskIds : followed().flatMap(({ tasks }) => tasks)),
    batches: () => (byTask ? [] : followed().map(({ id }) => id)),
    reconnects: n % 5 === 0,
  });
  await client.connect();
  progress.tell(`${followers.length} clients connected`);
}

const numbers = Array.from({ length: clientCount }, (_, n) => n);
const goers: Promise<void>[] = [];
async function connectAll(chosen: number[]): Promise<void> {
  const before = followers.length;
  // Each connection starts two functions: more at once is a test of cold starts.
  for (let from = 0; from < chosen.length; from += 4)
    await Promise.all(chosen.slice(from, from + 4).map(connect));
  for (const { client, reconnects } of followers.slice(before)) if (reconnects) goers.push(comeAndGo(client));
}

let running = true;
async function comeAndGo(client: FollowingClient): Promise<void> {
  while (running) {
    await sleep(3_000 + Math.random() * 12_000);
    if (running) await client.reconnect();
  }
}

async function submit(): Promise<void> {
  for (let from = 0; from < total; from += batchSize) {
    const tasks = Array.from({ length: Math.min(batchSize, total - from) }, (_, index) => ({
      type: 'custom',
      prompt: `Say something about number ${from + index}.`,
      callback_url: receiver.url,
      config: { cache_enabled: false, max_retries: 10 },
    }));
    const answer = await target.call<{ batch_id: string; tasks: { task_id: string }[] }>(
      'POST',
      '/api/v1/tasks/batch',
      { tasks, callback_url: receiver.url },
    );
    batches.push({ id: answer.batch_id, tasks: answer.tasks.map(({ task_id }) => task_id) });
    if (rate) await sleep((batchSize / rate) * 1_000);
  }
}

const countMissing = (ids: (each: Follower) => string[], got: (each: Follower) => Set<string>) =>
  followers.reduce((sum, each) => sum + ids(each).filter((id) => !got(each).has(id)).length, 0);
const missingFinals = () =>
  countMissing(
    (each) => each.tasks(),
    ({ client }) => client.ended,
  );
const missingBatches = () =>
  countMissing(
    (each) => each.batches(),
    ({ client }) => client.completedBatches,
  );
const subjects = () => batches.flatMap(({ id, tasks }) => [id, ...tasks]);
const missingWebhooks = () => subjects().filter((id) => !receiver.subjects.has(id)).length;

/** Until everybody was told; what the receiver refused seven times is replayed by the script. */
async function waitForAll(): Promise<number> {
  const giveUpAt = Date.now() + patienceMs;
  let replayed = 0;
  let quietSince = Date.now();
  let before = receiver.requests;
  while (Date.now() < giveUpAt && missingFinals() + missingBatches() + missingWebhooks() > 0) {
    await sleep(500);
    progress.tell(
      `${missingFinals()} final frames, ${missingBatches()} of batches, ${missingWebhooks()} webhooks to come (${receiver.requests} requests)`,
    );
    if (receiver.requests !== before) quietSince = Date.now();
    before = receiver.requests;
    // A hang lasts ten seconds: when nothing came for longer, what is missing was given up.
    if (target.queues && missingWebhooks() > 0 && Date.now() - quietSince > 15_000) {
      replayed += await replayDead(startedAt, target.queues);
      quietSince = Date.now();
    }
  }
  return replayed;
}

/** The functions' first starts, which on two cores take longer than the work, are not what is measured. */
async function warmUp(): Promise<void> {
  const tasks = Array.from({ length: batchSize }, () => ({ type: 'custom', prompt: 'Warm up.' }));
  const { tasks: made } = await target.call<{ tasks: { task_id: string }[] }>('POST', '/api/v1/tasks/batch', {
    tasks,
  });
  const [first] = followers;
  while (first && made.some(({ task_id }) => !first.client.ended.has(task_id))) await sleep(200);
  for (const { client } of followers) client.latencies.length = 0;
}

await connectAll(numbers.filter((n) => n % 10 === 0));
progress.tell('warming up');
await warmUp();
progress.tell(`submitting ${total} tasks to ${target.name}`);
await submit();
await connectAll(numbers.filter((n) => n % 10 !== 0));
const replayed = await waitForAll();
running = false;
await Promise.all(goers);
const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
progress.end(`${total} tasks, ${followers.length} clients, ${receiver.requests} webhook requests`);

const measures = measure({
  clients: followers.map(({ client }) => client),
  receiver,
  missing: { finals: missingFinals(), batches: missingBatches(), webhooks: missingWebhooks() },
  subjects: subjects().length,
  replayed,
  seconds,
});
printTable(measures);
const json = JSON.stringify({ at: startedAt, target: target.name, total, measures }, undefined, 2);
if (values.json) await writeFile(values.json, `${json}\n`);
else console.log(json);
for (const { client } of followers) client.stop();
receiver.close();
await target.stop();
process.exit(measures.every(({ met }) => met !== false) ? 0 : 1);
