import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';

const watchdog = new URL('../../../adapters/watchdog.ts', import.meta.url).href;

/** A process of its own, since it is to be killed. */
function run(program: string) {
  const code = `import { createWatchdog } from '${watchdog}'; ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // Should the watchdog fail, another signal ends it.
    timeout: 30_000,
    killSignal: 'SIGTERM',
  });
  return { child, exited: once(child, 'exit') as Promise<[code: number | null, signal: string | null]> };
}

test('a process whose event loop hangs sends what was entrusted to its watchdog, and is killed', async (t) => {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    received.push(`${request.method} ${request.headers['x-name']} ${(await request.toArray()).join('')}`);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = (name: string) =>
    JSON.stringify({ url, method: 'POST', headers: { 'x-name': name }, body: `will of ${name}` });
  const { exited } = run(`
    const watchdog = createWatchdog({ kills: true, onError: console.error });
    watchdog.entrust('a', ${request('old')});
    watchdog.entrust('a', ${request('a')});
    watchdog.entrust('b', ${request('b')});
    watchdog.entrust('b', undefined);
    setTimeout(() => { for (;;); }, 300);`);
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  assert.deepEqual(received, ['POST a will of a']);
});

test('a process that works on, or only waits, is left alone and not kept running', async () => {
  const { exited } = run(`
    const watchdog = createWatchdog({ kills: true, onError: console.error });
    watchdog.entrust('a', { url: 'http://127.0.0.1:9/', method: 'POST', headers: {}, body: '' });
    const end = Date.now() + 7_000;
    const work = () => { for (const until = Date.now() + 400; Date.now() < until;); if (Date.now() < end) setTimeout(work, 50); };
    work();`);
  assert.deepEqual(await exited, [0, null]);
});
