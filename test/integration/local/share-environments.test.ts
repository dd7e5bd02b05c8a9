import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ColdStarts } from '../../../local/lambda/cold-starts.ts';
import type { FunctionDefinition } from '../../../local/lambda/function-definition.ts';
import { FunctionPool } from '../../../local/lambda/function-pool.ts';
import { createLog } from '../../../local/log.ts';

/** Answers its thread, when as many events as it is told run in it, or a second has gone by. */
const code = `
import { threadId } from 'node:worker_threads';
let running = 0;
export const handler = async ({ together, fails }) => {
  running += 1;
  for (let waited = 0; running < together && waited < 1000; waited += 5) await new Promise((done) => setTimeout(done, 5));
  if (fails) throw new Error('this one alone');
  const met = running;
  await new Promise((done) => setTimeout(done, 20));
  running -= 1;
  return { threadId, met };
};
`;
/** Is in native code for a moment, which nothing ends, and then a file is there. */
const writing = `
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
const program = 'setTimeout(() => fs.writeFileSync(process.argv[1], ""), 200)';
export const handler = async () => {
  setImmediate(() => spawnSync(process.execPath, ['--eval', program, join(import.meta.dirname, 'written')]));
  return {};
};
`;
/** Answers by how much its thread gives way to others, and the whole process. */
const nice = `
import { readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
export const handler = async () => {
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  return { thread: getPriority(thread), process: getPriority(process.pid) };
};
`;
const broken = 'throw new Error("does not load");';

describe('an environment of the local host', () => {
  let directory: string;
  const pools: FunctionPool[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'shared-environment-'));
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await rm(directory, { recursive: true, force: true });
  });

  async function start(text: string, reservedConcurrency = 20, processors = 3, givesWay = false) {
    const folder = await mkdtemp(join(directory, 'function-'));
    await writeFile(join(folder, 'index.mjs'), text);
    const definition: FunctionDefinition = {
      name: 'shared',
      arn: 'arn',
      roleArn: 'arn',
      directory: folder,
      handler: 'index.handler',
      memoryMb: 256,
      timeoutSeconds: 30,
      reservedConcurrency,
      environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      compileCache: directory,
      givesWay,
    };
    const pool = new FunctionPool(
      definition,
      new ColdStarts(),
      createLog({ level: 'silent' }),
      () => {},
      processors,
    );
    pools.push(pool);
    let last = 0;
    const invoke = async (event: object) => {
      last += 1;
      const { payload, functionError } = await pool.invoke(JSON.stringify(event), `request-${last}`);
      return { ...JSON.parse(payload), functionError };
    };
    const invokeAll = (count: number, event: object) =>
      Promise.all(Array.from({ length: count }, () => invoke(event)));
    return { pool, folder, invoke, invokeAll };
  }

  it('runs many events at a time', async () => {
    const { invokeAll } = await start(code, 100, 1);
    const events = await invokeAll(32, { together: 32 });
    assert.deepEqual([new Set(events.map(({ threadId }) => threadId)).size, events[0]?.met], [1, 32]);
    const more = await invokeAll(33, { together: 33 });
    assert.ok(new Set(more.map(({ threadId }) => threadId)).size > 1);
  });

  it('gets another beside it where there are many events, up to one for each processor', async () => {
    const { pool, invokeAll } = await start(code, 100);
    await invokeAll(8, {});
    assert.equal(pool.environments, 1);
    let threads = 1;
    for (let tried = 0; tried < 50 && threads < 3; tried += 1) {
      const events = await invokeAll(32, {});
      threads = new Set(events.map(({ threadId }) => threadId)).size;
    }
    assert.deepEqual([threads, pool.environments], [3, 3]);
  });

  it('is gone when its pool is closed, also where it ended before', async () => {
    for (const endsBefore of [false, true]) {
      const { pool, folder, invoke } = await start(writing);
      await invoke({});
      await sleep(50);
      if (endsBefore) pool.crash();
      await pool.close();
      assert.ok(existsSync(join(folder, 'written')));
    }
  });

  it('gives way where a queue starts its function', { skip: platform() !== 'linux' }, async () => {
    for (const givesWay of [false, true]) {
      const { invoke } = await start(nice, 20, 3, givesWay);
      const { thread, process } = await invoke({});
      assert.equal(thread, givesWay ? Math.min(process + 10, 19) : process);
    }
  });

  it('is there before the first event where its pool was warmed, once', async () => {
    const { pool, invokeAll } = await start(code);
    await pool.warm();
    await pool.warm();
    assert.equal(pool.environments, 1);
    await invokeAll(8, { together: 8 });
    assert.equal(pool.environments, 1);
  });

  it('ends when it was idle for minutes, but one where its pool was warmed', async (t) => {
    const { pool, invokeAll } = await start(code);
    const warmed = await start(code);
    await invokeAll(2, {});
    await warmed.pool.warm();
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (const each of [pool, warmed.pool]) each.evictIdle();
    assert.deepEqual([pool.environments, warmed.pool.environments], [1, 1]);
    t.mock.timers.tick(6 * 60_000);
    for (const each of [pool, warmed.pool]) each.evictIdle();
    assert.deepEqual([pool.environments, warmed.pool.environments], [0, 1]);
  });

  it('counts its limit by events', async () => {
    const { invoke, invokeAll } = await start(code, 3);
    const three = invokeAll(3, { together: 3 });
    await assert.rejects(invoke({}), { name: 'TooManyRequestsException' });
    assert.equal((await three).length, 3);
    assert.equal((await invoke({})).met, 1);
  });

  it('answers the error of one event alone', async () => {
    const { invoke } = await start(code);
    const [failed, ...others] = await Promise.all([
      invoke({ together: 3, fails: true }),
      invoke({ together: 3 }),
      invoke({ together: 3 }),
    ]);
    assert.deepEqual([failed.functionError, failed.errorMessage], ['Unhandled', 'this one alone']);
    assert.deepEqual(
      others.map(({ met }) => met),
      [3, 3],
    );
  });

  it('ends all its events when it crashes; the next one starts anew', async () => {
    const { pool, invoke, invokeAll } = await start(code);
    const { threadId } = await invoke({});
    const running = invokeAll(3, { together: 9 });
    await new Promise((done) => setTimeout(done, 50));
    assert.equal(pool.crash(), 3);
    for (const { errorType } of await running) assert.equal(errorType, 'Runtime.ExitError');
    assert.notEqual((await invoke({})).threadId, threadId);
  });

  it('that cannot be started answers so, each event', async () => {
    const { invokeAll } = await start(broken);
    for (const { errorMessage } of await invokeAll(10, {})) assert.equal(errorMessage, 'does not load');
  });
});
