import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meterCalls } from '../../../../core/attempts/call-meter.ts';
import type { ChatRequest, LanguageModel } from '../../../../core/attempts/language-model.ts';

const signal = new AbortController().signal;
const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(36) }], signal };
const told = (content: string) => ({
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
});

/** Answers the first calls at once; the next one never ends. */
function answering(calls: number): LanguageModel {
  let made = 0;
  return {
    complete({ onDelta }) {
      made += 1;
      onDelta?.(told('y'.repeat(18)));
      if (made > calls) return new Promise(() => {});
      const usage = { promptTokens: 7, completionTokens: 3 };
      return Promise.resolve({ content: 'y', finishReason: 'stop', usage, providerRequestId: null });
    },
    embed: () => new Promise(() => {}),
  };
}

test('before a call nothing was used', () => {
  assert.equal(meterCalls(answering(0), 100).usedSoFar(), undefined);
});

test('of a call that is cut off the prompt was used, and all of the answer that was expected', () => {
  const meter = meterCalls(answering(0), 100);
  void meter.complete(request);
  assert.deepEqual(meter.usedSoFar(), { promptTokens: 10, completionTokens: 90, estimated: true });
});

test('of a streamed one what was told of it', () => {
  const meter = meterCalls(answering(0), 100);
  const deltas: unknown[] = [];
  void meter.complete({ ...request, onDelta: (delta) => deltas.push(delta) });
  assert.deepEqual(meter.usedSoFar(), { promptTokens: 10, completionTokens: 5, estimated: true });
  assert.deepEqual(deltas, [told('y'.repeat(18))]);
});

test('what ended is as its provider told it, and counts with what is under way', async () => {
  const meter = meterCalls(answering(1), 30);
  await meter.complete(request);
  assert.deepEqual(meter.usedSoFar(), { promptTokens: 7, completionTokens: 3 });
  void meter.complete(request);
  assert.deepEqual(meter.usedSoFar(), { promptTokens: 17, completionTokens: 23, estimated: true });
});

test('vectors use their texts alone', () => {
  const meter = meterCalls(answering(0), 100);
  void meter.embed({ model: 'm', input: 'z'.repeat(34), parameters: {}, signal });
  assert.deepEqual(meter.usedSoFar(), { promptTokens: 10, completionTokens: 0, estimated: true });
});
