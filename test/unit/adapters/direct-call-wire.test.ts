import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readDirectCall,
  readEventLine,
  writeDirectCall,
  writeEventLine,
} from '../../../adapters/direct-call-wire.ts';
import { completed, makeTask } from '../../make-task.ts';

const long = 'What was answered at some length. '.repeat(100);

test('a task that is handed over is the same on the other side, however long its input', () => {
  const direct = { task: makeTask(), input: { prompt: long }, requestHash: 'hash' };
  assert.deepEqual(readDirectCall(JSON.parse(writeDirectCall(direct))), direct);
});

test('a task that has ended is told with its whole result, in a line that every version reads', () => {
  const result = completed().result;
  const task = completed({ result: result && { ...result, content: long } });
  const line = writeEventLine({ kind: 'settled', task });
  assert.ok(line.includes('What was answered'), 'as text');
  assert.deepEqual(readEventLine(line), { kind: 'settled', task });
});
