import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RunRecord } from '../../../../cli/batch/run-record.ts';

function makePath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-service-record-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'results.jsonl');
}

const result = (line: number) => ({
  line,
  task_id: 't',
  status: 'completed' as const,
  result: null,
  error: null,
});

test('a record is read again as far as it was written whole, and keeps the name of its run', (t) => {
  const path = makePath(t);
  const first = new RunRecord(path, 'input', false);
  assert.equal(first.isContinued, false);
  first.addBatch({ batch: 0, batch_id: 'batch_1', tasks: [{ line: 1, task_id: 't' }] });
  first.addResults(result(1), result(2), result(1));
  for (const file of [path, `${path}.progress`]) appendFileSync(file, '{"line":3,"é');
  const second = new RunRecord(path, 'input', false);
  assert.equal(second.run, first.run);
  assert.equal(second.isContinued, true);
  assert.deepEqual([...second.done.keys()], [1, 2]);
  assert.equal(second.sent.get(0)?.batch_id, 'batch_1');
  second.addResults(result(3), result(2));
  assert.equal(readFileSync(path, 'utf8').trim().split('\n').length, 3);
});

test('another input, and a file that is no record, are refused; a restart forgets', (t) => {
  const path = makePath(t);
  const first = new RunRecord(path, 'input', false);
  first.addResults(result(1));
  assert.throws(() => new RunRecord(path, 'other', false), /--restart/);
  const anew = new RunRecord(path, 'other', true);
  assert.equal(anew.done.size, 0);
  assert.notEqual(anew.run, first.run);
  const foreign = `${path}.txt`;
  writeFileSync(foreign, 'mine');
  for (const restarts of [false, true])
    assert.throws(() => new RunRecord(foreign, 'input', restarts), /another --output/);
  assert.equal(readFileSync(foreign, 'utf8'), 'mine');
});
