/**
 * npm run bench:hostile [-- --json file]
 *
 * Does anything that comes from outside hold up others? 200 innocent tasks with webhooks and followers run alone, and
 * again while forty hostile schemas, twenty hostile bodies and twelve hostile receivers come in all at once. Takes some
 * minutes.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../../client/create-client.ts';
import { percentile } from '../percentile.ts';
import { createProgress } from '../progress.ts';
import { ReconnectingClient } from '../reconnecting-client.ts';
import { startProcess } from '../start-process.ts';
import { unkeyed } from '../unkeyed.ts';
import { hostileBodies } from './bodies.ts';
import { hostileSchemas } from './schemas.ts';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const innocents = 200;
const perSecond = 10;
const patienceMs = 300_000;
const progress = createProgress('hostile');

const outside = await startProcess<{ port: number; receivers: string[] }>(
  join(import.meta.dirname, 'hostile-provider.ts'),
);
const { port, receivers } = outside.message;
const outsideUrl = `http://127.0.0.1:${port}`;
progress.tell('starting the service');
const served = await startProcess<{ url: string; wsUrl: string }>(
  join(import.meta.dirname, '../delivery/local-service.ts'),
  [
    JSON.stringify({
      LLM_PROVIDERS: 'local',
      LOCAL_LLM_BASE_URL: `${outsideUrl}/v1`,
      LLM_CONCURRENCY_LOCAL: '10',
    }),
  ],
);
const { url, wsUrl } = served.message;
const client = createClient({ baseUrl: url });

/** Resident memory of the service in MiB. */
function readMemory(): number {
  const pages = readFileSync(`/proc/${served.child.pid}/statm`, 'utf8').split(' ')[1];
  return Math.round((Number(pages) * 4096) / 2 ** 20);
}

const answerSchema = {
  type: 'object',
  properties: { answer: { type: 'string', pattern: '^[a-z]+$' } },
  required: ['answer'],
};

/** Milliseconds from submission until each innocent task was told of as ended: by WebSocket and by webhook. */
async function runInnocents(round: string): Promise<{ told: number[]; delivered: number[]; lost: number }> {
  const everything = { taskIds: [], batchIds: [] };
  const endedAt = new Map<string, number>();
  const follower = new ReconnectingClient(wsUrl, undefined, everything, new Date().toISOString());
  follower.onStatus = (subject, status) => {
    if (status === 'completed') endedAt.set(subject, Date.now());
  };
  await follower.connect();
  const sentAt = new Map<string, number>();
  const startedAt = Date.now();
  for (let each = 0; each < innocents; each += 1) {
    await sleep(Math.max(startedAt + (each * 1_000) / perSecond - Date.now(), 0));
    const before = Date.now();
    const { task_id: task } = await client.submit(
      {
        type: 'custom',
        prompt: `Answer ${round} ${each}`,
        callback_url: `${outsideUrl}/hook`,
        config: { response_schema: answerSchema },
      },
      unkeyed,
    );
    sentAt.set(task, before);
    progress.tell(`${round}: ${each + 1} of ${innocents} innocent tasks sent`);
  }
  let delivered: Record<string, number> = {};
  for (const until = Date.now() + patienceMs; Date.now() < until; ) {
    delivered = (await (await fetch(`${outsideUrl}/report`)).json()) as Record<string, number>;
    const left = [...sentAt.keys()].filter((task) => !endedAt.has(task) || !(task in delivered)).length;
    progress.tell(`${round}: ${left} innocent tasks are not told of`);
    if (left === 0) break;
    await sleep(500);
  }
  follower.stop();
  const took = (times: (task: string) => number | undefined) =>
    [...sentAt].map(([task, at]) => (times(task) ?? Number.POSITIVE_INFINITY) - at);
  const told = took((task) => endedAt.get(task));
  const hooks = took((task) => delivered[task]);
  const lost = told.filter((time, index) => !Number.isFinite(time + (hooks[index] ?? 0))).length;
  return { told, delivered: hooks, lost };
}

/** Statuses of what was sent, by count. */
async function attack(): Promise<{ statuses: Map<number, number>; tasks: string[] }> {
  const statuses = new Map<number, number>();
  const tasks: string[] = [];
  async function send(body: string | Buffer, contentType = 'application/json') {
    const answer = await fetch(`${url}/api/v1/tasks`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType },
    });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const { task_id: task } = (await answer.json()) as { task_id?: string };
    if (task) tasks.push(task);
  }
  const schemas = hostileSchemas.map(({ schema }, index) =>
    send(
      JSON.stringify({
        type: 'custom',
        prompt: `#hostile ${index}#`,
        config: { response_schema: schema, cache_enabled: false },
      }),
    ),
  );
  const bodies = hostileBodies.map(({ body, contentType }) => send(body, contentType));
  const hooks = receivers.flatMap((receiver) =>
    [1, 2, 3].map((each) =>
      send(JSON.stringify({ type: 'custom', prompt: `For ${receiver} ${each}`, callback_url: receiver })),
    ),
  );
  await Promise.all([...schemas, ...bodies, ...hooks]);
  return { statuses, tasks };
}

// What comes in starts environments, which stay: both rounds and both looks at the memory have them.
const warming = attack();
await runInnocents('warm-up');
await warming;
const before = readMemory();
const alone = await runInnocents('alone');
const attacking = attack();
const beside = await runInnocents('beside');
const { statuses, tasks } = await attacking;
const outcomes = new Map<string, number>();
for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(1_000)) {
  outcomes.clear();
  for (const task of tasks) {
    const { status, error } = await client.get(task);
    const outcome = error ? `${status} ${error.code}` : status;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  if (!outcomes.has('queued') && !outcomes.has('processing')) break;
}
const after = readMemory();
served.child.disconnect();
outside.child.disconnect();

const list = (counts: Map<unknown, number>) =>
  [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
const rows: [what: string, measured: string, met: boolean][] = [];
for (const [way, one, other] of [
  ['WebSocket', alone.told, beside.told],
  ['webhook', alone.delivered, beside.delivered],
] as const)
  for (const share of [0.5, 0.95]) {
    const [quiet, attacked] = [percentile(one, share), percentile(other, share)];
    const ratio = attacked / quiet;
    rows.push([
      `innocent tasks: submission to ${way}, p${share * 100}, beside ÷ alone (≤ 2)`,
      `${ratio.toFixed(2)} (${quiet} ms, ${attacked} ms)`,
      ratio <= 2,
    ]);
  }
rows.push(
  [
    'innocent tasks not told of (0)',
    `${alone.lost} alone, ${beside.lost} beside`,
    alone.lost + beside.lost === 0,
  ],
  [
    'answers to hostile requests, none 5xx',
    list(statuses),
    [...statuses.keys()].every((status) => status < 500),
  ],
  [
    'what became of those that were accepted',
    list(outcomes),
    !outcomes.has('queued') && !outcomes.has('processing'),
  ],
  ['resident memory before and after (≤ 1.5 ×)', `${before} MiB, ${after} MiB`, after <= before * 1.5],
);
for (const [what, measured, met] of rows)
  console.log(`${what.padEnd(75)}  ${measured}  ${met ? 'yes' : 'NO'}`);
if (values.json)
  await writeFile(values.json, `${JSON.stringify({ at: new Date().toISOString(), rows }, undefined, 2)}\n`);
process.exitCode = rows.every(([, , met]) => met) ? 0 : 1;
