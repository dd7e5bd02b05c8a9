import assert from 'node:assert/strict';
import test from 'node:test';
import { createCfworkerJsonSchemas } from '../../../../adapters/cfworker-json-schemas.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import type { ChatReply, ChatRequest, LanguageModel } from '../../../../core/attempts/language-model.ts';
import { ProviderFailure } from '../../../../core/attempts/provider-failure.ts';
import { type AttemptTools, createRunAttempt } from '../../../../core/attempts/run-attempt.ts';
import { Provider } from '../../../../core/providers/provider.ts';
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
  const log: string[] = [];
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
  };
  const tools: AttemptTools = {
    provider,
    languageModel,
    schemas: createCfworkerJsonSchemas(),
    taskTypes,
    cache: {
      read: async () => undefined,
      join: async () => ({ kind: 'leader' }),
      store: async (key, _result, expiresAt) => void log.push(`store ${key} until ${expiresAt}`),
      release: async (key) => void log.push(`release ${key}`),
    },
    cacheTtlMs: 60_000,
    breaker: {
      check: async () => ({ kind: 'allowed' }),
      peek: async () => ({ kind: 'allowed' }),
      recordSuccess: async () => void log.push('success'),
      recordFailure: async (_name, error) => void log.push(`failure ${error.code}`),
      releaseProbe: async () => void log.push('release probe'),
    },
    now: () => clock,
    random: () => 0.5,
  };
  return { runAttempt: createRunAttempt(tools), requests, log, tools };
}

const translationTask = makeTask({ type: 'translation', cacheKey: 'k' });
const good = '{"translation":"hello","source_language":"de","target_language":"en"}';

test('an answer is parsed, checked, priced, timed and cached, and recorded as a success of the provider', async () => {
  const { runAttempt, log, requests } = setUp([good]);
  const outcome = await runAttempt(translationTask, { prompt: null, data: { text: 'hallo' } }, never);
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(outcome.kind === 'completed' && outcome.result, {
    content: good,
    data: JSON.parse(good),
    finishReason: 'stop',
    cached: false,
    usage: { promptTokens: 100, completionTokens: 10 },
    costUsd: 0.0002,
    latencyMs: 250,
  });
  assert.deepEqual(log, ['success', 'store k until 61250']);
  assert.equal(requests[0]?.temperature, 0.2);
});

test('an answer that breaks the schema is shown to the model once, and both calls are paid', async () => {
  const { runAttempt, requests } = setUp(['{"translation":"hello"}', good]);
  const outcome = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.usage.promptTokens, 200);
  assert.equal(outcome.kind === 'completed' && outcome.result.latencyMs, 500);
  const [, second] = requests;
  assert.deepEqual(
    second?.messages.slice(-2).map(({ role }) => role),
    ['assistant', 'user'],
  );
  assert.match(second?.messages.at(-1)?.content ?? '', /source_language/);
});

test('two answers that break the schema end the task as invalid_output, which is no fault of the provider', async () => {
  const { runAttempt, requests, log } = setUp(['no', 'nor this']);
  const outcome = await runAttempt(translationTask, { prompt: null, data: 'hallo' }, never);
  assert.equal(outcome.kind === 'failed' && outcome.error.code, 'invalid_output');
  assert.equal(requests.length, 2);
  assert.deepEqual(log, ['failure invalid_output', 'release k']);
});

test('free text is taken as it is', async () => {
  const { runAttempt, requests } = setUp(['Once upon a time']);
  const outcome = await runAttempt(makeTask(), { prompt: 'Tell a story' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.content, 'Once upon a time');
  assert.equal(outcome.kind === 'completed' && 'data' in outcome.result, false);
  assert.deepEqual(requests[0]?.messages, [{ role: 'user', content: 'Tell a story' }]);
});

test('the caller’s schema is asked for and checked like a type’s', async () => {
  const { runAttempt, requests } = setUp(['{"n":"one"}', '{"n":1}']);
  const responseSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const outcome = await runAttempt(makeTask(), { prompt: 'Count', responseSchema }, never);
  assert.deepEqual(outcome.kind === 'completed' && outcome.result.data, { n: 1 });
  assert.match(requests[0]?.messages[0]?.content ?? '', /"integer"/);
});

test('tokens from the provider’s own cache are cheaper', async () => {
  const usage = { promptTokens: 1_000, completionTokens: 0, cachedPromptTokens: 500 };
  const { runAttempt } = setUp([{ content: 'x', usage }]);
  const outcome = await runAttempt(makeTask(), { prompt: 'x' }, never);
  assert.equal(outcome.kind === 'completed' && outcome.result.costUsd, 0.000_55);
});

test('a failed call is recorded with the breaker, ends the flight, and is decided on', async () => {
  const { runAttempt, log } = setUp([new ProviderFailure('outage', 'down')]);
  const outcome = await runAttempt(makeTask({ cacheKey: 'k' }), { prompt: 'x' }, never);
  assert.deepEqual({ ...outcome, error: null }, { kind: 'retry', delayMs: 500, error: null });
  assert.deepEqual(log, ['failure provider_error', 'release k']);
});

test('an abort is thrown with its reason, releases flight and probe, and is no failure of the provider', async () => {
  const abort = new AbortController();
  const { runAttempt, log } = setUp([new Error('aborted')], { abort });
  await assert.rejects(runAttempt(makeTask({ cacheKey: 'k' }), { prompt: 'x' }, abort.signal), /stopped/);
  assert.deepEqual(log.sort(), ['release k', 'release probe']);
});

test('an answer is kept though its health and cache entry cannot be written', async () => {
  const { tools } = setUp(['fine']);
  const reports: string[] = [];
  tools.breaker.recordSuccess = () => Promise.reject(new Error('throttled'));
  const outcome = await createRunAttempt({ ...tools, report: (event) => reports.push(event.kind) })(
    makeTask(),
    { prompt: 'x' },
    never,
  );
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(reports, ['not_recorded']);
});
