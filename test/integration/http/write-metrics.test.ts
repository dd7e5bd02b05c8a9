import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const file = join(import.meta.dirname, '../../../bench/delivery/local-service.ts');

/** A line in CloudWatch's embedded metric format, as functions write it to their logs. */
const line = (name: string) =>
  new RegExp(
    `\\{"_aws":\\{[^\\n]*"Name":"${name}"[^\\n]*"service":"llm-dev"[^\\n]*"${name}":(\\[[^\\]]*\\]|[-\\d.e]+)`,
  );

test('functions write the metrics that alarms are on, and none of what is not there', async (t) => {
  const settings = {
    LLM_LOG_LEVEL: 'debug',
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '2',
    LLM_LOCAL_SCHEDULE_SECONDS: '1',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=1000',
  };
  const service = fork(file, [JSON.stringify(settings)], { silent: true });
  let log = '';
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (chunk) => (log += chunk));
  const exited = once(service, 'exit');
  t.after(() => service.kill());
  const [{ url }] = (await once(service, 'message')) as [{ url: string }];
  const read = (name: string) => line(name).exec(log)?.[1];
  await sleep(3_000);
  assert.doesNotMatch(log, /UrgentWaitSeconds|application metrics/);
  // The last of them wait for some seconds.
  const tasks = Array.from({ length: 16 }, (_, index) => ({
    type: 'custom',
    prompt: `What does it cost? ${index}`,
    priority: 'high',
  }));
  await fetch(`${url}/api/v1/tasks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tasks }),
  });
  for (let tries = 0; tries < 60 && !(read('SpentUsd') && read('UrgentWaitSeconds')); tries += 1)
    await sleep(500);
  service.disconnect();
  await exited;
  assert.ok(Number(read('SpentUsd')) > 0, `SpentUsd: ${read('SpentUsd')}`);
  assert.ok(Number(read('UrgentWaitSeconds')) > 0, `UrgentWaitSeconds: ${read('UrgentWaitSeconds')}`);
});
