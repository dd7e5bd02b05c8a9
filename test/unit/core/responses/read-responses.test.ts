import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listInputItems } from '../../../../core/responses/list-input-items.ts';
import { readHistory } from '../../../../core/responses/read-history.ts';
import { toWireResponse } from '../../../../core/responses/response-wire.ts';
import type { ResponseInput } from '../../../../core/responses/stored-response.ts';
import { toMessages } from '../../../../core/responses/to-messages.ts';
import type { TaskError, TaskResult } from '../../../../core/tasks/task.ts';
import { completed, failed, start } from '../../../make-task.ts';

const inputOf = (messages: ResponseInput['chat']['messages'], instructed = false): ResponseInput => ({
  prompt: null,
  chat: { messages, parameters: {} },
  response: { from: instructed ? 1 : 0, instructed, request: {} },
});

test('what the developer says is the system’s word for a model, and nobody else’s is', () => {
  const said = (['developer', 'system', 'user', 'assistant'] as const).map((role) => ({
    type: 'message' as const,
    role,
    content: 'Hi',
  }));
  assert.deepEqual(
    toMessages(said).map(({ role }) => role),
    ['system', 'system', 'user', 'assistant'],
  );
});

test('a failure that the request is to blame for is told as such; one that a repeat may mend is not', () => {
  const codeOf = (code: TaskError['code'], retryable: boolean) => {
    const error = { code, message: 'No', provider: 'kimi', retryable };
    return toWireResponse(failed({ error }), inputOf([])).error?.code;
  };
  assert.equal(codeOf('content_filtered', false), 'invalid_prompt');
  assert.equal(codeOf('provider_error', false), 'invalid_prompt');
  assert.equal(codeOf('provider_error', true), 'server_error');
  assert.equal(codeOf('timeout', false), 'server_error');
  assert.equal(codeOf('provider_quota', false), 'rate_limit_exceeded');
});

test('items of the input are told from the last one on, unless the caller says otherwise, page by page', () => {
  const input = inputOf(
    ['Be kind', 'one', 'two', 'three'].map((content, at) => ({
      role: at === 0 ? 'system' : 'user',
      content,
    })),
    true,
  );
  const task = completed();
  const list = (query: Record<string, string>) => {
    const { data, ...page } = listInputItems({ task, input }, query);
    const texts = data.map((item) => (item as unknown as { content: { text: string }[] }).content[0]?.text);
    return { texts, ...page };
  };
  assert.deepEqual(list({}).texts, ['three', 'two', 'one']);
  assert.deepEqual(list({ order: 'desc' }).texts, ['three', 'two', 'one']);
  const first = list({ order: 'asc', limit: '2' });
  assert.deepEqual([first.texts, first.has_more], [['one', 'two'], true]);
  const second = list({ order: 'asc', limit: '2', after: first.last_id ?? '' });
  assert.deepEqual([second.texts, second.has_more], [['three'], false]);
});

test('the history of a response is what was said and what it answered, its calls included, without its instructions', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"up":1}' } };
  const choice = {
    index: 0,
    message: { role: 'assistant', content: null, tool_calls: [call] },
    finish_reason: 'tool_calls',
  };
  const historyOf = (result: Partial<TaskResult>) => {
    const task = completed({ taskId: 'task_1', deadlineAt: start + 60_000 });
    assert.ok(task.result);
    const answered = { ...task, result: { ...task.result, ...result } };
    const messages = [
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'Hi' },
    ];
    const tasks = {
      get: async () => answered,
      expire: async () => false,
      readInput: async () => inputOf(messages, true),
    };
    return readHistory('default', 'resp_1', start, { tasks });
  };
  const asked = { role: 'user', content: 'Hi' };
  assert.deepEqual(await historyOf({ content: 'Hello' }), [asked, { role: 'assistant', content: 'Hello' }]);
  const [first, answer] = await historyOf({ content: '', choices: [choice] });
  assert.deepEqual([first, answer?.role, answer?.content], [asked, 'assistant', null]);
  const [called] = (answer?.tool_calls ?? []) as (typeof call)[];
  assert.deepEqual(called?.function, call.function);
});
