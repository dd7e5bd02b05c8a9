import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const script = join(import.meta.dirname, '../../../scripts/audit.ts');

/** Runs the script with an `npm` that answers this. */
function audit(t: TestContext, report: unknown, npmStatus: number) {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const text = typeof report === 'string' ? report : JSON.stringify(report);
  writeFileSync(join(directory, 'npm'), `#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit ${npmStatus}\n`);
  chmodSync(join(directory, 'npm'), 0o755);
  const PATH = `${directory}:${process.env.PATH}`;
  return spawnSync(process.execPath, [script], { env: { PATH }, encoding: 'utf8' });
}

const finding = (severity: string) => ({ shelf: { severity, range: '<1.2.3' } });

test('an advisory of severity high or above fails, by name', (t) => {
  const vulnerabilities = { ...finding('high'), minor: { severity: 'low', range: '*' } };
  const { status, stderr } = audit(t, { auditReportVersion: 2, vulnerabilities }, 1);
  assert.equal(status, 1);
  assert.equal(stderr, 'high: shelf <1.2.3\n');
});

test('lesser advisories pass', (t) => {
  const report = { auditReportVersion: 2, vulnerabilities: finding('moderate') };
  assert.equal(audit(t, report, 0).status, 0);
});

test('where the registry answers no audits, one line says so and all goes on', (t) => {
  const { status, stdout } = audit(
    t,
    { message: '405 Method Not Allowed', statusCode: 405, error: { summary: '' } },
    1,
  );
  assert.equal(status, 0);
  assert.match(stdout, /^Not audited: .*registry.*\n$/);
});

test('any other failure of npm fails: nothing was audited', (t) => {
  for (const report of [{ error: { code: 'ENOLOCK', summary: 'no lock file' } }, 'not JSON', ''])
    assert.equal(audit(t, report, 1).status, 1);
});
