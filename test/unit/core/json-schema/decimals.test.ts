import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMultipleOf } from '../../../../core/json-schema/decimals.ts';

test('multiples are those of the digits that JSON writes, not of binary fractions', () => {
  for (const [value, step] of [
    [0.3, 0.1],
    [19.99, 0.01],
    [-4.5, 1.5],
    [0, 0.7],
    [1e300, 1e-5],
    [1.5e-7, 5e-8],
    [9007199254740991, 1],
  ] as const)
    assert.equal(isMultipleOf(value, step), true, `${value} of ${step}`);
  for (const [value, step] of [
    [0.35, 0.1],
    [7, 2],
    [1e308, 0.123456789],
    [4.5e-8, 1e-8],
  ] as const)
    assert.equal(isMultipleOf(value, step), false, `${value} of ${step}`);
});
