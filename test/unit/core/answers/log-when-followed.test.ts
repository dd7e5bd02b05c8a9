import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logWhenFollowed } from '../../../../core/answers/log-when-followed.ts';
import { firstText } from '../../../../core/answers/merge-deltas.ts';
import { textDelta } from '../../../../core/answers/told.ts';

test('nothing is logged of an answer that nobody else follows; who follows late has all of it', async () => {
  const logged: string[] = [];
  let opened = 0;
  const sink = logWhenFollowed(() => {
    opened += 1;
    return { take: (delta) => logged.push(firstText(delta)), end: async () => void logged.push('end') };
  });
  sink.take(textDelta('a'));
  await sink.end();
  assert.deepEqual([opened, logged], [0, []]);
  sink.take(textDelta('b'));
  sink.follow();
  sink.follow();
  sink.take(textDelta('c'));
  await sink.end();
  assert.deepEqual([opened, logged], [1, ['a', 'b', 'c', 'end']]);
});
