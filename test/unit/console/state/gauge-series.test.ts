import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProviderStatus } from '../../../../client/wire.ts';
import { GaugeSeries } from '../../../../console/state/gauge-series.ts';

const status = (high: number, active: number) =>
  ({ active, queued: { high, normal: 1, low: 0 } }) as ProviderStatus;

test('a step shows the largest look of its time, goes on with the last, and shows nothing before the first', () => {
  const series = new GaugeSeries();
  series.add([status(1, 1)], 11_000);
  series.add([status(5, 2), status(1, 0)], 12_000);
  series.add([status(2, 2)], 13_000);
  const points = series.points(30, 3, 40_000);
  assert.deepEqual(points.at, [20, 30, 40]);
  assert.deepEqual(points.high, [6, 2, 2]);
  assert.deepEqual(points.normal, [2, 1, 1]);
  assert.deepEqual(series.points(20, 2, 20_000).active, [null, 2]);
});

test('looks older than the span are forgotten', () => {
  const series = new GaugeSeries(10);
  for (let second = 1; second <= 100; second += 1) series.add([status(second, 0)], second * 1000);
  assert.equal(series.points(100, 100, 101_000).high.filter((value) => value !== null).length, 10);
});
