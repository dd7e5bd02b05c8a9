import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observeLog } from '../../../../local/requests/observe-log.ts';
import { type ObservedRequest, RequestObservers } from '../../../../local/requests/request-observers.ts';

test('a line of a function is told with its size, and logged as ever', () => {
  const lines: string[] = [];
  const log = {
    info() {},
    warn() {},
    debug() {},
    functionLine: (name: string, line: string) => void lines.push(`${name}: ${line}`),
  };
  const observers = new RequestObservers();
  const observed = observeLog(log, observers);
  const seen: ObservedRequest[] = [];
  observed.functionLine('one', 'before');
  const stop = observers.add((request) => seen.push(request));
  observed.functionLine('one', 'naïve');
  stop();
  observed.functionLine('one', 'after');
  assert.deepEqual(lines, ['one: before', 'one: naïve', 'one: after']);
  assert.deepEqual(
    seen.map(({ kind, caller, bytes, text }) => ({ kind, caller, bytes, text })),
    [{ kind: 'log line', caller: 'one', bytes: 7, text: 'naïve' }],
  );
});
