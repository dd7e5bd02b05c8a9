import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPrometheus } from '../fakes/read-prometheus.ts';
import { assertProblem, type Client, quickTask, until } from './client.ts';

export function testMetrics({ call, submit, waitFor }: Client): void {
  async function readSamples() {
    const { status, headers, text } = await call('GET', '/api/v1/metrics');
    assert.equal(status, 200, text);
    assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    return new Map([...readPrometheus(text).values()].flatMap(({ samples }) => [...samples]));
  }

  describe('metrics', () => {
    test('a task moves the counters of the whole service, and the text is what Prometheus reads', async () => {
      const before = await readSamples();
      const { provider } = await waitFor(await submit(quickTask));
      const own = '{type="custom",status="completed"}';
      // An answer is kept for ten seconds.
      const after = await until('the counters', async () => {
        const samples = await readSamples();
        const ended = (from: Map<string, number>) => from.get(`llm_requests_total${own}`) ?? 0;
        return ended(samples) > ended(before) ? samples : undefined;
      });
      for (const key of [
        'llm_request_duration_seconds_count{status="completed"}',
        'llm_request_duration_seconds_sum{status="completed"}',
        'llm_queue_wait_seconds_count{priority="normal"}',
        `llm_provider_requests_total{provider="${provider}"}`,
        `llm_provider_latency_seconds_sum{provider="${provider}"}`,
        `llm_provider_tokens_total{provider="${provider}",kind="completion"}`,
      ])
        assert.ok((after.get(key) ?? 0) > (before.get(key) ?? 0), key);
      for (const [key, value] of before)
        if (/_(total|bucket|count)\b/.test(key))
          assert.ok((after.get(key) ?? 0) >= value, `${key} went back`);
    });

    test('another method of the route is answered as elsewhere', async () => {
      const answer = await call('POST', '/api/v1/metrics', { body: {} });
      assertProblem(answer, 405, 'method_not_allowed');
      assert.equal(answer.headers.get('allow'), 'GET');
    });
  });
}
