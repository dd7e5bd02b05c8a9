import assert from 'node:assert/strict';
import test from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import { CutOffAttempt } from '../../../../core/attempts/attempt.ts';
import type { ChatReply, ChatRequest, LanguageModel } from '../../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { type AttemptTools, createRunAttempt } from '../../../../core/attempts/run-attempt.ts';
import { Provider } from '../../../../core/providers/provider.ts';
import type { Task, TaskInput } from '../../../../core/tasks/task.ts';
import { makeTask } from './make-task.ts';

const provider = Provider.parse({
  name: 'first',
  title: 'First',
  dialect: 'openai',
  key: 'none',
  models: [
    {
      name: 'model',
      inputUsdPerMillion: 1,
      cachedInputUsdPerMillion: 0.1,
      outputUsdPerMillion: 10,
      contextWindow: 10_000,
      quality: 1,
    },
  ],
  defaultModel: 'model',
  pricedAt: '2026-11-22',
  concurrencyLimit: 1,
  structuredOutput: 'json_object',
  errors: 'openai',
});

const never = new AbortController().signal;

function setUp(answers: (string | Error | Partial<ChatReply>)[], options: { abort?: AbortController } = {}) {
  const requests: ChatRequest[] = [];
  let clock = 1_000;
  const languageModel: LanguageModel = {
    async complete(request) {
      requests.push(request);
      clock += 250;
      const answer = answers[requests.length - 1] ?? '';
      if (answer instanceof Error) {
        options.abort?.abort(new Error('stopped'));
        throw answer;
      }
      const reply = typeof answer === 'string' ? { content: answer } : answer;
      return {
        content: '',
        finishReason: 'stop',
        usage: { promptTokens: 100, completionTokens: 10 },
        providerRequestId: null,
        ...reply,
      };
    },
    embed: () => Promise.reject(new Error('no vectors here')),
  };
  const tools: AttemptTools = {
    provider,
    languageModel,
    schemas: createJsonSchemas(),
    taskTypes,
    isEnabled: () => true,
    contextWindow: () => undefined,
    now: () => clock,
    random: () => 0.5,
  };
  const repairs: ChatRequest[] = [];
  const attempt = createRunAttempt(tools);
  const runAttempt = (task: Task, input: TaskInput, signal: AbortSignal) =>
    attempt(task, input, signal, async (request) => void repairs.push(request));
  return { runAttempt, requests, repairs, tools };
}

const translationTask = makeTask({ type: 'translation' });
const good = '{"translation":"hello","source_language":"de","target_language":"en"}';

test('an answer is parsed, checked, priced and timed', async () => {
  const { runAttempt, requests } = setUp([good]);
  const report = await runAttempt(translationTask, { prompt: null, data: { text: 'hallo' } }, never);
  const usage = { promptTokens: 100, completionTokens: 10 };
  assert.deepEqual(report, {
    outcome: {
      kind: 'completed',
      result: {
        content: good,
        data: JSON.parse(good),
        finishReason: 'stop',
        cached: false,
        usage,
        costUsd: 0.0002,
        latencyMs: 250,
      },
    },
    usage,
    costUsd: 0.0002,
    failure: undefined,
    holdBackMs: undefined,
  });
  assert.equal(requests[0]?.temperature, 0.2);
});

test('what the provider said of its next call is reported', async () => {
  const { runAttempt } = setUp([{ content: 'fine', holdBackMs: 3_000 }]);
  assert.equal((await runAttempt(makeTask(), { prompt: 'x' }, never)).holdBackMs, 3_000);
});

test('an answer that breaks the schema is shown to the model once, and both calls are paid', async () => {
  const { runAttempt, requests, repairs } = setUp(['{"translation":"hello"}', good]);
  const { outcome } = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.usage.promptTokens, 200);
  assert.equal(outcome.kind === 'completed' && outcome.result.latencyMs, 500);
  const [, second] = requests;
  assert.deepEqual(
    second?.messages.slice(-2).map(({ role }) => role),
    ['assistant', 'user'],
  );
  assert.match(String(second?.messages.at(-1)?.content), /source_language/);
  assert.deepEqual(repairs, [second], "only an attempt's second call is asked for beside its start");
});

test('a first answer that is good asks for no second call', async () => {
  const { runAttempt, repairs } = setUp([good]);
  await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(repairs.length, 0);
});

test('a second call is made only when it was allowed, and the first is paid all the same', async () => {
  const { tools, requests } = setUp(['no', good]);
  const beforeRepair = () => Promise.reject(new Error('not now'));
  const runAttempt = createRunAttempt(tools);
  const report = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never, beforeRepair);
  assert.equal(requests.length, 1);
  assert.deepEqual(report.usage, { promptTokens: 100, completionTokens: 10 });
});

test('of a built-in type a plain slip is put right at once and listed, which saves the second call', async () => {
  const answer = '{"category":"one","confidence":85,"reason":"r","alternatives":[]}';
  const { runAttempt, requests } = setUp([answer]);
  const data = { text: 'x', categories: ['one', 'two'] };
  const { outcome } = await runAttempt(makeTask({ type: 'category_match' }), { prompt: null, data }, never);
  assert.ok(outcome.kind === 'completed');
  assert.equal(requests.length, 1);
  assert.equal((outcome.result.data as { confidence: number }).confidence, 0.85);
  assert.equal(outcome.result.content, answer, 'what the model wrote stays');
  assert.deepEqual(outcome.result.repairs, [{ pointer: '/confidence', detail: '85 was read as 0.85' }]);
});

test('against the caller’s own schema nothing is put right', async () => {
  const responseSchema = {
    type: 'object',
    properties: { n: { type: 'number', maximum: 1 } },
    required: ['n'],
  };
  const { runAttempt, requests } = setUp(['{"n":85}', '{"n":0.5}']);
  const task = makeTask({ type: 'category_match' });
  const { outcome } = await runAttempt(task, { prompt: null, data: 'x', responseSchema }, never);
  assert.equal(requests.length, 2);
  assert.equal(outcome.kind === 'completed' && outcome.result.repairs, undefined);
});

test('an answer that was cut off is not put right', async () => {
  const slip = '{"category":"one","confidence":85,"reason":"r"}';
  const { runAttempt, requests } = setUp([{ content: slip, finishReason: 'length' }, slip]);
  const data = { text: 'x', categories: ['one', 'two'] };
  await runAttempt(makeTask({ type: 'category_match' }), { prompt: null, data }, never);
  assert.equal(requests.length, 2);
});

test('a task that failed by its answer shows what came back, bounded, and the message says none of it', async () => {
  const { runAttempt } = setUp(['no', `secret ${'x'.repeat(5_000)}`]);
  const { outcome } = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.ok(outcome.kind === 'failed');
  const { answer = '', message } = outcome.error;
  assert.match(answer, /^secret x+…$/);
  assert.equal(answer.length, 2_001);
  assert.doesNotMatch(message, /secret/);
});

test('two answers that break the schema end the task as invalid_output, which is no fault of the provider', async () => {
  const { runAttempt, requests } = setUp(['no', 'nor this']);
  const report = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(report.outcome.kind === 'failed' && report.outcome.error.code, 'invalid_output');
  assert.equal(requests.length, 2);
  assert.deepEqual([report.failure?.code, report.failure?.health], ['invalid_output', 'none']);
});

test('what calls used is reported though no answer came of them', async () => {
  const twice = { promptTokens: 200, completionTokens: 20 };
  const invalid = setUp(['no', 'nor this']);
  const report = await invalid.runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.deepEqual([report.usage, report.costUsd], [twice, 0.0004]);

  const cutOff = setUp(['no', new ProviderFailure('outage', 'down')]);
  const second = await cutOff.runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(second.outcome.kind, 'retry');
  assert.deepEqual([second.usage, second.costUsd], [{ promptTokens: 100, completionTokens: 10 }, 0.0002]);
});

test('an answer that was cut off is asked for again as a shorter one', async () => {
  const cutOff = { content: '{"translation":"hel', finishReason: 'length' };
  const { runAttempt, requests } = setUp([cutOff, good]);
  const { outcome } = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(outcome.kind, 'completed');
  const asked = String(requests[1]?.messages.at(-1)?.content);
  assert.match(asked, /cut off/);
  assert.match(asked, /shorter/);
});

test('a second answer that is cut off, too, fails as one, with what to do', async () => {
  const cutOff = { content: '{"translation":"hel', finishReason: 'length' };
  const { runAttempt } = setUp(['no', cutOff]);
  const { outcome } = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  const message = 'error' in outcome ? outcome.error.message : '';
  assert.match(message, /second answer, too, was cut off after \d+ tokens.*max_tokens/);
});

test('free text is taken as it is', async () => {
  const { runAttempt, requests } = setUp(['Once upon a time']);
  const { outcome } = await runAttempt(makeTask(), { prompt: 'Tell a story' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.content, 'Once upon a time');
  assert.equal(outcome.kind === 'completed' && 'data' in outcome.result, false);
  assert.deepEqual(requests[0]?.messages, [{ role: 'user', content: 'Tell a story' }]);
});

test('the caller’s schema is asked for and checked like a type’s', async () => {
  const { runAttempt, requests } = setUp(['{"n":"one"}', '{"n":1}']);
  const responseSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const { outcome } = await runAttempt(makeTask(), { prompt: 'Count', responseSchema }, never);
  assert.deepEqual(outcome.kind === 'completed' && outcome.result.data, { n: 1 });
  assert.match(String(requests[0]?.messages[0]?.content), /"n": whole number/);
});

test('tokens from the provider’s own cache are cheaper', async () => {
  const usage = { promptTokens: 1_000, completionTokens: 0, cachedPromptTokens: 500 };
  const { runAttempt } = setUp([{ content: 'x', usage }]);
  const { outcome } = await runAttempt(makeTask(), { prompt: 'x' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.costUsd, 0.000_55);
});

test('a failed call is decided on, and reported with its failure', async () => {
  const failure = new ProviderFailure('outage', 'down');
  const { runAttempt } = setUp([failure]);
  const report = await runAttempt(makeTask(), { prompt: 'x' }, never);
  assert.deepEqual({ ...report.outcome, error: null }, { kind: 'retry', delayMs: 500, error: null });
  assert.equal(report.failure, failure);
  assert.deepEqual([report.usage, report.costUsd], [undefined, 0]);
});

test('an abort is thrown on with its reason, and is no failure of the provider', async () => {
  const abort = new AbortController();
  const { runAttempt } = setUp([new Error('aborted')], { abort });
  await assert.rejects(runAttempt(makeTask(), { prompt: 'x' }, abort.signal), (error) => {
    assert.ok(error instanceof CutOffAttempt);
    assert.match(String(error.cause), /stopped/);
    assert.equal(error.usage?.estimated, true);
    assert.ok(error.costUsd > 0);
    return true;
  });
});
