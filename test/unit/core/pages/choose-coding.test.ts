import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseCoding } from '../../../../core/pages/choose-coding.ts';

test('a client gets the best coding that it takes', () => {
  for (const [header, coding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP;Q=0.5', 'gzip'],
    ['br;q=0.2, gzip;q=0.8', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0.000', undefined],
    ['br;q=much', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const)
    assert.equal(chooseCoding(header, ['br', 'gzip']), coding, header);
});

test('what is kept in no coding is sent as it is', () => {
  assert.equal(chooseCoding('br, gzip', []), undefined);
  assert.equal(chooseCoding('br, gzip', ['gzip']), 'gzip');
});
