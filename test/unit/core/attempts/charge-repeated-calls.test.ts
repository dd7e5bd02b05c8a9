import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countRepeats } from '../../../../core/attempts/charge-repeated-calls.ts';
import type { LanguageModel } from '../../../../core/attempts/language-model.ts';

test("only an attempt's second and later calls are charged", async () => {
  let charged = 0;
  const model: LanguageModel = {
    complete: async () => ({
      content: '',
      finishReason: 'stop',
      usage: { promptTokens: 0, completionTokens: 0 },
      providerRequestId: null,
    }),
  };
  const counted = countRepeats(model, async () => {
    charged += 1;
  });
  const [first, second] = [new AbortController().signal, new AbortController().signal];
  for (const signal of [first, second, first, first])
    await counted.complete({ model: 'm', messages: [], signal });
  assert.equal(charged, 2);
});
