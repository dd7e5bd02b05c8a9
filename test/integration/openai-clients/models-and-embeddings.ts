import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import type { World } from './start-world.ts';
import { reply } from './steps.ts';

/** What a vector is in 32-bit floats, as base64. */
const toBase64 = (vector: number[]) => Buffer.from(Float32Array.from(vector).buffer).toString('base64');

export function testModelsAndEmbeddings({ client, openai }: World): void {
  describe('models and embeddings of the official client', () => {
    test('the models are listed, and each is found by its id though it has a slash', async () => {
      const ids: string[] = [];
      for await (const model of client.models.list()) ids.push(model.id);
      assert.equal(ids[0], 'auto');
      assert.ok(ids.includes('openai/gpt-6-luna') && ids.includes('deepseek/deepseek-v4-flash'));
      for (const id of ids) assert.equal((await client.models.retrieve(id)).id, id);
      const alone = await client.models.retrieve('gpt-6-luna');
      assert.deepEqual([alone.id, alone.owned_by], ['openai/gpt-6-luna', 'openai']);
      await assert.rejects(client.models.retrieve('openai/none'), OpenAI.NotFoundError);
    });

    test('vectors come as base64, which the client asks for by itself and decodes, or as numbers', async () => {
      const vectors = [
        [0.5, -1, 2],
        [0.25, 0, 1],
      ];
      openai.on(
        'vector mark',
        reply(({ model, encoding_format }) => ({
          object: 'list',
          model,
          data: vectors.map((vector, index) => ({
            object: 'embedding',
            index,
            embedding: encoding_format === 'base64' ? toBase64(vector) : vector,
          })),
          usage: { prompt_tokens: 4, total_tokens: 4 },
        })),
      );
      const input = ['vector mark', 'another'];
      const body = { model: 'openai/text-embedding-3-small', input, dimensions: 3 };
      const byDefault = await client.embeddings.create(body);
      const asNumbers = await client.embeddings.create({ ...body, encoding_format: 'float' });
      for (const { data, usage } of [byDefault, asNumbers]) {
        assert.deepEqual(
          data.map(({ embedding }) => embedding),
          vectors,
        );
        assert.equal(usage.total_tokens, 4);
      }
      assert.deepEqual(
        openai.calls('vector mark').map((call) => [call.body.encoding_format, call.body.dimensions]),
        [
          ['base64', 3],
          ['float', 3],
        ],
      );
    });

    test('the simulated provider gives vectors of the length that is asked for', async () => {
      const answer = await client.embeddings.create({
        model: 'simulated-embedding',
        input: 'a',
        dimensions: 8,
      });
      assert.equal(answer.data[0]?.embedding.length, 8);
    });
  });
}
