import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFoundModels } from '../../../adapters/found-models-language-model.ts';
import { findProvider } from '../../../config/providers.ts';
import type { LanguageModel } from '../../../core/attempts/language-model.ts';
import type { FoundModel } from '../../../core/providers/found-models.ts';
import type { Provider } from '../../../core/providers/provider.ts';

const signal = new AbortController().signal;

function setUp(lists: (FoundModel[] | Error)[]) {
  const world = { now: 0, asked: 0, models: [] as string[], noted: [] as (readonly FoundModel[])[] };
  const inner: LanguageModel = {
    async complete({ model }) {
      world.models.push(model);
      const usage = { promptTokens: 1, completionTokens: 1 };
      return { content: '', finishReason: 'stop', usage, providerRequestId: null };
    },
    async embed({ model }) {
      world.models.push(model);
      return { data: [], usage: { promptTokens: 1, completionTokens: 0 } };
    },
  };
  const languageModel = withFoundModels(inner, {
    provider: findProvider('local') as Provider,
    async find() {
      const list = lists[Math.min(world.asked, lists.length - 1)] ?? [];
      world.asked += 1;
      if (list instanceof Error) throw list;
      return list;
    },
    note: async (models) => void world.noted.push(models),
    now: () => world.now,
  });
  const chat = (model: string) => languageModel.complete({ model, messages: [], signal });
  const embed = (model: string) => languageModel.embed({ model, input: '', parameters: {}, signal });
  return { world, chat, embed };
}

const found: FoundModel[] = [{ name: 'vectors', kind: 'embedding' }, { name: 'first' }, { name: 'second' }];

test('without a call nothing is asked; with the first one it is, and what comes is kept', async () => {
  const { world, chat } = setUp([found]);
  assert.equal(world.asked, 0);
  await chat('named');
  await chat('default');
  assert.deepEqual([world.asked, world.models, world.noted], [1, ['named', 'first'], [found]]);
});

test('a task that knows no name takes the first model of its kind', async () => {
  const { world, chat, embed } = setUp([found]);
  await chat('default');
  await embed('default');
  assert.deepEqual(world.models, ['first', 'vectors']);
});

test('where the server does not say, the call is made all the same, and it is asked again soon', async () => {
  const { world, chat } = setUp([new Error('404'), found]);
  await chat('default');
  await chat('default');
  assert.deepEqual([world.asked, world.models], [1, ['default', 'default']]);
  world.now = 10_000;
  await chat('default');
  assert.deepEqual([world.asked, world.models.at(-1)], [2, 'first']);
});

test('another model is noticed after five minutes', async () => {
  const { world, chat } = setUp([found, [{ name: 'other' }]]);
  await chat('default');
  world.now = 299_999;
  await chat('default');
  world.now = 300_000;
  await chat('default');
  assert.deepEqual([world.asked, world.models], [2, ['first', 'first', 'other']]);
});
