import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Formats } from '../../../../console/state/format.ts';

const own = new Formats('en');

test('durations have the unit that reads best', () => {
  const shown = [0, 812.4, 4_240, 48_000, 200_000, 7_500_000].map((value) => own.duration(value));
  assert.deepEqual(shown, ['0 ms', '812 ms', '4.2 s', '48 s', '3 min 20 s', '2 h 5 min']);
});

test('where room is short, durations have one unit', () => {
  const shown = [812, 48_000, 100_000, 7_500_000].map((value) => own.brief(value));
  assert.deepEqual(shown, ['812 ms', '48 s', '1.7 min', '2.1 h']);
});

test('small costs keep the digits that matter', () => {
  const shown = [0, 0.000017, 0.0123, 1.5, 1234].map((value) => own.cost(value));
  assert.deepEqual(shown, ['$0', '$0.000017', '$0.012', '$1.50', '$1,234.00']);
});

test('counts are whole, large ones short where room is short', () => {
  assert.equal(own.count(12345), '12,345');
  assert.equal(own.short(12345), '12.3K');
  assert.equal(own.short(0.5), '0.5');
  assert.equal(new Formats('zh-CN').short(123456), '12.3万');
  assert.equal(own.percent(0.125), '13 %');
});
