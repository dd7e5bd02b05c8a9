import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openaiOperations } from '../../../core/http-contract/openai-operations.ts';
import { toWireProblem } from '../../../core/http-contract/problem-wire.ts';
import { failedTaskError, type OpenaiError, toOpenaiError } from '../../../core/openai/openai-error.ts';
import { ownNames } from '../../../core/openai/own-options.ts';
import { requestErrorCodes, ServiceError, taskErrorCodes } from '../../../core/service-error.ts';
import { errorStatus } from '../../../functions/http/middleware/error-status.ts';

const text = readFileSync(join(resolve(import.meta.dirname, '../../..'), 'docs/openai.md'), 'utf8');

/** Of the local host without a token, and of routes that change tasks. */
const notHere: readonly string[] = ['forbidden', 'conflict'];

function refused(code: (typeof requestErrorCodes)[number], pointer?: string): OpenaiError {
  const faults = pointer ? [{ pointer, detail: 'is wrong' }] : [];
  const error = new ServiceError(code, 'no', { faults });
  return toOpenaiError(toWireProblem(error, errorStatus[code], '', code));
}

test('docs/openai.md has every status and code of its errors, and no other', () => {
  const codes = requestErrorCodes.filter((code) => !notHere.includes(code));
  const failures = taskErrorCodes.flatMap((code) =>
    [true, false].map((retryable) =>
      failedTaskError({ status: 'failed', error: { code, message: 'no', provider: null, retryable } }),
    ),
  );
  const answered = [
    ...codes.map((code) => refused(code)),
    ...['/config/model', '/data'].map((pointer) => refused('invalid_request', pointer)),
    ...failures,
    failedTaskError({ status: 'cancelled', error: null }),
  ].map(({ status, body }) => `${status} ${body.error.code}`);
  const documented = [...text.matchAll(/^\| (\d{3}) \| ([^|]+) \|/gm)].flatMap(([, status, cell = '']) =>
    [
      ...(cell.split(';')[0]?.matchAll(/[a-z_]*[a-z]_[a-z_]+|\b(?:null|timeout|cancelled|internal)\b/g) ??
        []),
    ].map(([code]) => `${status} ${code}`),
  );
  assert.deepEqual(new Set(documented.sort()), new Set(answered.sort()));
});

test('docs/openai.md and the document name every option of this service', () => {
  const [, listed = ''] = /## Options of this service\n([\s\S]*?)\n## /.exec(text) ?? [];
  for (const name of ownNames) {
    assert.ok(listed.includes(`\`${name}\``), name);
    for (const { body, description = '' } of openaiOperations)
      assert.equal(description.includes(`\`${name}\``), body !== undefined, name);
  }
});
