import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenaiLanguageModel } from '../../../adapters/openai-language-model.ts';
import { findProvider, providers } from '../../../config/providers.ts';
import type { ChatRequest } from '../../../core/attempts/language-model.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { type RecordedAnswer, recordedAnswers } from './recorded-answers.ts';
import { startProvider } from './start-provider.ts';

function write({ body, events }: RecordedAnswer): [type: string, text: string] {
  if (body) return ['application/json', JSON.stringify(body)];
  const lines = (events ?? []).map((event) => {
    if (typeof event !== 'string') return `data: ${JSON.stringify(event)}\n\n`;
    return event.startsWith(':') ? `${event}\n\n` : `data: ${event}\n\n`;
  });
  return ['text/event-stream', lines.join('')];
}

/** All that was told of the answer as it came. */
async function ask(t: Parameters<typeof startProvider>[0], recorded: RecordedAnswer, streams: boolean) {
  const [type, text] = write(recorded);
  const { baseUrl } = await startProvider(t, (response) => {
    // The type is not to be believed.
    response.writeHead(200, { 'content-type': streams ? type : 'text/plain' }).end(text);
  });
  const provider = findProvider(recorded.provider) as Provider;
  const model = createOpenaiLanguageModel({ provider, baseUrl, readKey: async () => 'key', now: Date.now });
  let told = '';
  const request: ChatRequest = {
    model: provider.defaultModel,
    messages: [{ role: 'user', content: 'Hello' }],
    signal: new AbortController().signal,
    ...(streams && {
      onDelta: ({ choices }) => {
        told += choices.map(({ delta }) => delta.content ?? '').join('');
      },
    }),
  };
  return { reply: await model.complete(request), told };
}

for (const recorded of recordedAnswers) {
  const { server, source, content, finishReason = 'stop', usage, thinks = false } = recorded;
  test(`an answer of ${server} is read, whether a stream was asked for or not (${source})`, async (t) => {
    for (const streams of [false, true]) {
      const { reply, told } = await ask(t, recorded, streams);
      assert.equal(reply.content.trim(), content);
      assert.equal(reply.finishReason, finishReason);
      assert.deepEqual(reply.usage, usage);
      assert.equal(reply.repairs !== undefined, thinks);
      if (streams) assert.equal(told.trim(), content);
    }
  });
}

test('every provider of the catalogue has a recorded answer', () => {
  const covered = new Set(recordedAnswers.map(({ provider }) => provider));
  const alike = (name: string) => name.replace(/-china$/, '');
  const missing = providers.filter(({ name }) => !covered.has(name) && !covered.has(alike(name)));
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  );
});
