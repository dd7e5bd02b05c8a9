import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readContext } from '../../bin/read-context.ts';

const root = join(import.meta.dirname, '..', '..');

/** Starts the app as the CDK CLI does, without this machine's configuration. */
function synthesize(t: TestContext, variables: Record<string, string>, context: object = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'llm-service-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const app = spawnSync(process.execPath, [join(root, 'bin', 'llm-service.ts')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      LLM_CONFIG_FILE: '/dev/null',
      ...variables,
      CDK_OUTDIR: directory,
      // What the CLI adds, and the app must not heed.
      CDK_CONTEXT_JSON: JSON.stringify({ '@aws-cdk/core:failSynthOnValidationErrors': false, ...context }),
    },
    encoding: 'utf8',
  });
  return { ...app, directory };
}

test('a deployment passes cdk-nag and CDK’s own rules', (t) => {
  const { status, stderr, directory } = synthesize(t, { LLM_PROVIDERS: 'kimi,openai' });
  assert.equal(status, 0, stderr);
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  // It has an entry for a pack of rules only when there are findings.
  assert.deepEqual(report.pluginReports, []);
});

test('so does one to an emulator, where data need not be restored', (t) => {
  const variables = { LLM_PROVIDERS: 'simulated', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
  const { status, stderr, directory } = synthesize(t, variables, { target: 'emulator' });
  assert.equal(status, 0, stderr);
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  assert.deepEqual(report.pluginReports, []);
});

test('a deployment without a provider is refused in one line that says what to do', (t) => {
  const { status, stderr } = synthesize(t, {});
  assert.equal(status, 1);
  assert.match(stderr, /LLM_PROVIDERS is not set.*for example LLM_PROVIDERS=kimi,openai/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('a wrong value of the context is refused, naming it', () => {
  for (const [context, expected] of [
    [{ stage: 'Prod' }, /stage=Prod must be/],
    [{ target: 'moon' }, /target=moon must be aws, local or emulator/],
    [{ open: 'yes' }, /open=yes must be true or false/],
    [{ accountConcurrency: '0' }, /accountConcurrency=0 must be a whole number of at least 1/],
    [{ accountConcurrency: 'ten' }, /accountConcurrency=ten must be a whole number/],
  ] as const)
    assert.throws(() => readContext((name) => (context as Record<string, string>)[name]), expected);
});

test('an account’s concurrent executions are read from the command line and from cdk.json', () => {
  const read = (accountConcurrency?: unknown) =>
    readContext((name) => (name === 'accountConcurrency' ? accountConcurrency : undefined));
  assert.equal(read('10').accountConcurrency, 10);
  assert.equal(read(1_000).accountConcurrency, 1_000);
  assert.equal(read().accountConcurrency, undefined);
});
