import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type RunningService, startService } from '../../../bench/start-service.ts';

const examples = resolve(import.meta.dirname, '../../../examples');
const token = 'token-of-the-examples';
const secret = `whsec_${Buffer.from('secret-of-the-examples-of-workers').toString('base64')}`;
/** The standard library alone: nothing is fetched. */
const goVariables = { GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '-mod=mod' };
const patienceMs = 60_000;
const built = mkdtempSync(join(tmpdir(), 'llm-service-examples-'));

let service: RunningService;
before(async () => {
  service = await startService({
    LLM_AUTH_TOKEN: token,
    LLM_WEBHOOK_SECRET: secret,
    LLM_PROVIDERS: 'simulated',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=50',
  });
});
after(async () => {
  await service?.stop();
  rmSync(built, { recursive: true, force: true });
});

interface Language {
  /** Its program, which is looked for. */
  command: string;
  version: string[];
  /** Compiled first: that takes a while where Go's standard library never was. */
  build?: string[];
  worker: [command: string, ...args: string[]];
}

const languages: Record<string, Language> = {
  go: {
    command: 'go',
    version: ['version'],
    build: ['build', '-o', join(built, 'worker'), '.'],
    worker: [join(built, 'worker')],
  },
  python: { command: 'python3', version: ['--version'], worker: ['python3', 'worker.py'] },
  node: { command: process.execPath, version: ['--version'], worker: [process.execPath, 'worker.mjs'] },
};

for (const [name, { command, version, build, worker }] of Object.entries(languages)) {
  const isThere = spawnSync(command, version).status === 0;
  const skip = isThere ? false : `${command} is not installed`;
  const title = `the worker in ${name} hears of a task that completed and one that failed, and believes no forgery`;
  test(title, { skip }, async (t) => {
    const cwd = join(examples, name);
    const env = { ...process.env, ...goVariables };
    if (build) {
      const { status, stderr } = spawnSync(command, build, { cwd, env, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    }
    // Until it has both webhooks it also answers this test: the first line says where.
    const [program, ...args] = worker;
    const child = spawn(program, args, {
      cwd,
      env: { ...env, LLM_BASE_URL: service.host.url, LLM_AUTH_TOKEN: token, LLM_WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    t.after(() => {
      clearTimeout(timer);
      child.kill('SIGKILL');
    });
    let printed = '';
    let checks: Promise<void> | undefined;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const [, url] = /^listening (\S+)$/m.exec(printed) ?? [];
      if (url) checks ??= sendForgeries(url);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0, printed);
    await checks;
    assert.ok(checks, printed);
    const submitted = [...printed.matchAll(/^submitted (\S+)$/gm)].map(([, id]) => id);
    assert.equal(submitted.length, 2, printed);
    assert.match(printed, new RegExp(`^completed ${submitted[0]} \\{.*"content"`, 'm'));
    assert.match(printed, new RegExp(`^failed ${submitted[1]} timeout: `, 'm'));
    assert.doesNotMatch(printed, /forged/);
  });
}

/** Deliveries that must be refused: without a signature, of another secret, of another body, and too old. */
async function sendForgeries(url: string): Promise<void> {
  const body = JSON.stringify({
    event_id: 'evt_forged_1',
    event_type: 'completed',
    task_id: 'forged',
    data: {},
  });
  const other = new Webhook(Buffer.from('another-secret-of-another-sender').toString('base64'));
  const own = new Webhook(secret);
  const now = new Date();
  const old = new Date(now.getTime() - 3_600_000);
  const signatures: [Date, string][] = [
    [now, ''],
    [now, other.sign('evt_forged_1', now, body)],
    [now, own.sign('evt_forged_1', now, `${body} `)],
    [old, own.sign('evt_forged_1', old, body)],
  ];
  const statuses = await Promise.all(
    signatures.map(async ([time, signature]) => {
      const headers = {
        'content-type': 'application/json',
        'webhook-id': 'evt_forged_1',
        'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
        'webhook-signature': signature,
      };
      return (await fetch(url, { method: 'POST', headers, body })).status;
    }),
  );
  assert.deepEqual(statuses, [401, 401, 401, 401]);
}
