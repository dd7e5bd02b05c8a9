import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { TaskRequest } from '../../client/wire.ts';
import { type Client, until } from './client.ts';

export function testSubmittedTasks({ call, submit, get, waitFor }: Client): void {
  describe('submitted tasks', () => {
    test('a task is accepted, named by its path and completed', async () => {
      const body = { type: 'semantic_analysis', data: { text: 'The new release is a delight.' } };
      const answer = await call('POST', '/api/v1/tasks', { body });
      assert.equal(answer.status, 202, answer.text);
      assert.match(answer.json.task_id, /^task_[0-9a-f-]{36}$/);
      assert.equal(answer.json.status, 'queued');
      assert.equal(answer.headers.get('location'), `/api/v1/tasks/${answer.json.task_id}`);
      assert.ok(answer.headers.get('x-request-id'));
      const task = await waitFor(answer.json.task_id);
      assert.equal(task.status, 'completed');
      assert.equal(task.type, 'semantic_analysis');
      assert.equal(task.priority, 'normal');
      assert.equal(task.batch_id, null);
      assert.equal(task.error, null);
      assert.ok(task.attempts >= 1);
      assert.ok(task.result?.content);
      assert.equal(typeof task.result?.data, 'object');
      const { prompt_tokens, completion_tokens, total_tokens } = task.result.usage;
      assert.equal(total_tokens, prompt_tokens + completion_tokens);
      const times = [task.created_at, task.started_at, task.completed_at].map((time) =>
        Date.parse(time ?? ''),
      );
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
    });

    test('a task of every built-in type is completed', async () => {
      const data = { text: 'Guten Morgen, die Lieferung kam zu spät.' };
      const bodies: TaskRequest[] = [
        { type: 'data_cleaning', data: { records: [{ name: ' ada ' }, { name: 'ADA' }] } },
        { type: 'category_match', data: { ...data, categories: ['delivery', 'price'] } },
        { type: 'text_summarization', data },
        { type: 'translation', prompt: 'Into English', data },
        { type: 'custom', prompt: 'Say yes', priority: 'high' },
      ];
      const ids = await Promise.all(bodies.map((body) => submit(body)));
      for (const id of ids) assert.equal((await waitFor(id)).status, 'completed');
    });

    test('text of any script and metadata come back as they were sent', async () => {
      const metadata = { 名前: '値 ✓', emoji: '👩‍🚀', arabic: 'مرحبا', quote: '"\\/\u0007' };
      const id = await submit({
        type: 'custom',
        prompt: '请回答 😀 مرحبا\u0000',
        data: { ключ: ['ﬁ', null, 1.5e-7] },
        metadata,
      });
      assert.deepEqual((await get(id)).metadata, metadata);
      assert.equal((await waitFor(id)).status, 'completed');
    });

    test('a task over 200 KB is completed', async () => {
      const id = await submit({ type: 'text_summarization', data: { text: 'All is well. '.repeat(25_000) } });
      assert.equal((await waitFor(id)).status, 'completed');
    });

    test('a result satisfies the schema that the caller asks for', async () => {
      const response_schema = {
        type: 'object',
        properties: { mood: { enum: ['good', 'bad'] }, score: { type: 'integer', minimum: 0, maximum: 5 } },
        required: ['mood', 'score'],
        additionalProperties: false,
      };
      const id = await submit({ type: 'custom', prompt: 'Rate it', config: { response_schema } });
      const task = await waitFor(id);
      assert.equal(task.status, 'completed', JSON.stringify(task.error));
      const { mood, score } = (task.result?.data ?? {}) as { mood: string; score: number };
      assert.ok(['good', 'bad'].includes(mood));
      assert.ok(Number.isInteger(score) && score >= 0 && score <= 5);
    });

    test('a task shows why its provider was chosen', async () => {
      const task = await get(await submit({ type: 'custom', prompt: 'x', config: { strategy: 'cost' } }));
      assert.equal(task.routing?.strategy, 'cost');
      assert.equal(task.routing?.ranking[0]?.provider, task.provider);
    });

    test('a task that waits beyond its timeout fails with `timeout`', async () => {
      const task = await waitFor(await submit({ type: 'custom', prompt: 'x', config: { timeout: '1ms' } }));
      assert.equal(task.status, 'failed');
      assert.equal(task.error?.code, 'timeout');
      assert.equal(task.result, null);
    });

    test('the same Idempotency-Key answers the first answer again', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const body = { type: 'custom', prompt: 'once' };
      const first = await call('POST', '/api/v1/tasks', { body, headers });
      const again = await call('POST', '/api/v1/tasks', {
        raw: '{ "prompt": "once", "type": "custom" }',
        headers,
      });
      assert.equal(again.status, 202, again.text);
      assert.deepEqual(again.json, first.json);
      await waitFor(first.json.task_id);
      const late = await call('POST', '/api/v1/tasks', { body, headers });
      assert.deepEqual(late.json, first.json);
    });

    test('a task whose result is cached is completed at once and costs nothing', async () => {
      const body = { type: 'custom', prompt: `cache ${randomUUID()}`, config: { cache_enabled: true } };
      await waitFor(await submit(body));
      const hit = await until('a cache hit', async () => {
        const answer = await call('POST', '/api/v1/tasks', { body });
        return answer.json.status === 'completed' ? answer : undefined;
      });
      const task = await get(hit.json.task_id);
      assert.equal(task.status, 'completed');
      assert.equal(task.result?.cached, true);
      assert.equal(task.result?.cost_usd, 0);
    });
  });
}
