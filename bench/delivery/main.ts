/**
 * npm run bench:delivery [-- --tasks 2000 --clients 50 --paced 400 --rate 10 --json file]
 *
 * Does every caller get every event? Batches of tasks run through the whole service while WebSocket clients
 * subscribe to them (a fifth drop their connections at random and come back with `since`) and one webhook
 * receiver fails 30 % of its requests, hangs 5 % and redirects 5 %. Most tasks come at once, to see what is
 * lost. The paced ones come at a rate that one machine keeps up with, to measure the way of an event and not
 * a full queue. Takes some minutes. LLM_BASE_URL, LLM_WS_URL, LLM_AUTH_TOKEN and LLM_WEBHOOK_SECRET name
 * another service than the local host.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.ts';
import { ReconnectingClient } from '../reconnecting-client.ts';
import { startFlakyReceiver } from './flaky-receiver.ts';
import { measure, printTable } from './measure.ts';
import { replayDead } from './replay-dead.ts';
import { createSubmitBatch, postBatch, type SubmittedBatch } from './submit-batch.ts';
import { startLocalTarget, useTarget } from './target.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '2000' },
    clients: { type: 'string', default: '50' },
    /** How many of the tasks come at a rate, after the others have ended. */
    paced: { type: 'string', default: '400' },
    /** Of these: tasks a second. */
    rate: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});
const patienceMs = 600_000;
const total = Number(values.tasks);
const paced = Math.min(Number(values.paced), total);
const rate = Number(values.rate);
const batchSize = 100;
const subscribersPerBatch = 5;
const clientCount = Number(values.clients);
const secret = process.env.LLM_WEBHOOK_SECRET ?? `whsec_${randomBytes(32).toString('base64')}`;
const { LLM_BASE_URL: baseUrl, LLM_WS_URL: wsUrl, LLM_AUTH_TOKEN: token } = process.env;

const progress = createProgress('delivery');
progress.tell('starting the service');
const target = baseUrl && wsUrl ? useTarget(baseUrl, wsUrl, token) : await startLocalTarget(secret);
const receiver = await startFlakyReceiver(secret, { fails: 0.3, hangs: 0.05, redirects: 0.05 });
const startedAt = new Date().toISOString();

const batches: SubmittedBatch[] = [];
interface Subscriber {
  client: ReconnectingClient;
  tasks(): string[];
  batches(): string[];
  reconnects: boolean;
  /** Subscribes to one more batch; undefined for those that are subscribed to everything, or come and go. */
  subscribe: ((batch: SubmittedBatch) => void) | undefined;
}
const tasksOf = ({ tasks }: SubmittedBatch) => tasks;
const subscribers: Subscriber[] = [];

/**
 * A tenth of the clients subscribes to everything of the tenant, the others to one or two batches or to some
 * of their tasks; of all, a fifth comes and goes.
 */
async function connect(n: number): Promise<void> {
  const [one, two] = [batches[n % batches.length], batches[(n * 7 + 1) % batches.length]];
  const named = one && two ? [...new Set([one, two])] : [];
  const everything = n % 10 === 0;
  const byTask = n % 2 === 1;
  const taskIds = byTask ? named.flatMap(({ tasks }) => tasks.slice(0, 25)) : [];
  const more: SubmittedBatch[] = [];
  const batchIds = everything || byTask ? [] : named.map(({ id }) => id);
  const reconnects = n % 5 === 0;
  const client = new ReconnectingClient(target.wsUrl, target.token, { taskIds, batchIds }, startedAt);
  const subscribed = () => (everything ? batches : named);
  const subscribe = (batch: SubmittedBatch) => {
    more.push(batch);
    client.subscribeToBatch(batch.id);
  };
  subscribers.push({
    client,
    tasks: () => [...(byTask ? taskIds : subscribed().flatMap(tasksOf)), ...more.flatMap(tasksOf)],
    batches: () => [...(byTask ? [] : subscribed()), ...more].map(({ id }) => id),
    reconnects,
    subscribe: everything || reconnects ? undefined : subscribe,
  });
  await client.connect();
  progress.tell(`${subscribers.length} clients connected`);
}

const numbers = Array.from({ length: clientCount }, (_, n) => n);
const goers: Promise<void>[] = [];
async function connectAll(chosen: number[]): Promise<void> {
  const before = subscribers.length;
  // Each connection starts two functions: more at once is a test of cold starts.
  for (let from = 0; from < chosen.length; from += 4)
    await Promise.all(chosen.slice(from, from + 4).map(connect));
  for (const { client, reconnects } of subscribers.slice(before))
    if (reconnects) goers.push(comeAndGo(client));
}

let running = true;
async function comeAndGo(client: ReconnectingClient): Promise<void> {
  while (running) {
    await sleep(3_000 + Math.random() * 12_000);
    if (running) await client.reconnect();
  }
}

const submitNumbered = createSubmitBatch(target.client, receiver.url);
async function submitBatch(size: number): Promise<SubmittedBatch> {
  const batch = await submitNumbered(size);
  batches.push(batch);
  return batch;
}

async function submitAtOnce(count: number): Promise<void> {
  for (let left = count; left > 0; left -= batchSize) await submitBatch(Math.min(batchSize, left));
}

/** One batch a second, to each of which some clients subscribe beside what they have. */
async function submitPaced(count: number): Promise<void> {
  const from = Date.now();
  const steady = subscribers.filter(({ subscribe }) => subscribe);
  for (let sent = 0; sent < count; sent += rate) {
    const batch = await submitBatch(Math.min(rate, count - sent));
    const offset = (sent / rate) * subscribersPerBatch;
    for (let next = 0; next < subscribersPerBatch; next += 1)
      steady[(offset + next) % steady.length]?.subscribe?.(batch);
    progress.tell(`${sent + rate} of ${count} tasks sent, ${rate} a second`);
    await sleep(Math.max(from + ((sent + rate) / rate) * 1_000 - Date.now(), 0));
  }
}

/** Milliseconds from a change to its frame, of all frames since the last call. */
function takeLatencies(): number[] {
  return subscribers.flatMap(({ client }) => client.latencies.splice(0));
}

const countMissing = (ids: (each: Subscriber) => string[], got: (each: Subscriber) => Set<string>) =>
  subscribers.reduce((sum, each) => sum + ids(each).filter((id) => !got(each).has(id)).length, 0);
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

/** Waits until every client and the receiver have every event; replays webhooks that were given up. */
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

/** Starts the functions once: on two cores their cold starts take longer than the work that is measured. */
async function warmUp(): Promise<void> {
  const tasks = Array.from({ length: batchSize }, () => ({ type: 'custom', prompt: 'Warm up.' }));
  const made = await postBatch(target.client, { tasks });
  const [first] = subscribers;
  while (first && made.tasks.some((id) => !first.client.ended.has(id))) await sleep(200);
  takeLatencies();
}

await connectAll(numbers.filter((n) => n % 10 === 0));
progress.tell('warming up');
await warmUp();
progress.tell(`submitting ${total - paced} tasks to ${target.name}`);
await submitAtOnce(total - paced);
await connectAll(numbers.filter((n) => n % 10 !== 0));
let replayed = await waitForAll();
const latencies = { atOnce: takeLatencies(), paced: [] as number[] };
await submitPaced(paced);
replayed += await waitForAll();
latencies.paced = takeLatencies();
running = false;
await Promise.all(goers);
const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
progress.end(`${total} tasks, ${subscribers.length} clients, ${receiver.requests} webhook requests`);

const measures = measure({
  clients: subscribers.map(({ client }) => client),
  receiver,
  missing: { finals: missingFinals(), batches: missingBatches(), webhooks: missingWebhooks() },
  subjects: subjects().length,
  replayed,
  latencies,
  rate,
  seconds,
});
printTable(measures);
const json = JSON.stringify({ at: startedAt, target: target.name, total, measures }, undefined, 2);
if (values.json) await writeFile(values.json, `${json}\n`);
else console.log(json);
for (const { client } of subscribers) client.stop();
receiver.close();
await target.stop();
process.exit(measures.every(({ met }) => met !== false) ? 0 : 1);
