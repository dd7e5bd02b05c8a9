import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchResult, placeResult } from '../../../adapters/task-payloads.ts';
import { TaskRow } from '../../../adapters/task-rows.ts';
import { createMemoryPayloads } from '../../fakes/memory-payloads.ts';
import { completed } from '../../make-task.ts';

const bound = 24 * 1024;

for (const [kind, character] of [
  ['plain', 'x'],
  ['escaped', '"'],
  ['non-Latin', '测'],
] as const)
  test(`a result of 24 KB lies in its row, of a byte more in the bucket: ${kind}`, async () => {
    const { objects, payloads } = createMemoryPayloads();
    const task = completed();
    const short = task.result ?? assert.fail('it has a result');
    const bytesOf = (content: string) => Buffer.byteLength(JSON.stringify({ ...short, content }));
    const left = bound - bytesOf('');
    const each = bytesOf(character) - bytesOf('');
    const content = character.repeat(Math.floor(left / each)) + 'x'.repeat(left % each);
    assert.equal(bytesOf(content), bound);

    const { result, result_key } = await placeResult(payloads, task, { ...short, content });
    assert.deepEqual([result_key, objects.size], [undefined, 0]);
    assert.equal(TaskRow.shape.result.parse(result)?.content, content);

    const larger = await placeResult(payloads, task, { ...short, content: `${content}x` });
    assert.deepEqual([...objects.keys()], [larger.result_key]);
    const resultKey = larger.result_key ?? assert.fail('it has an object');
    assert.equal((await fetchResult(payloads, { ...task, resultKey })).result?.content, `${content}x`);
  });
