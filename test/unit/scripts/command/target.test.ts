import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { awsConfigFile, createAccessKey, writeAwsConfig } from '../../../../local/access-keys.ts';
import { findTarget, reach } from '../../../../scripts/command/target.ts';

/** A folder of data in which a local host's key file is, or not. */
function dataFolder(t: TestContext, runs: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-target-'));
  t.after(() => rmSync(folder, { recursive: true }));
  if (runs) writeAwsConfig(folder, 'us-east-1', 'http://127.0.0.1:1', createAccessKey());
  return folder;
}

test('a command is about the local host that runs here, and else about AWS', (t) => {
  const folder = dataFolder(t, true);
  const here = findTarget({}, { LLM_DATA_DIR: folder });
  assert.deepEqual(here, { kind: 'local', stage: 'dev', found: true, keyFile: awsConfigFile(folder) });
  const elsewhere = { LLM_DATA_DIR: dataFolder(t, false) };
  assert.equal(findTarget({}, elsewhere).kind, 'aws');
  assert.equal(
    findTarget({ stage: 'prod' }, { LLM_DATA_DIR: folder }).kind,
    'aws',
    'a stage is of a deployment',
  );
  assert.equal(findTarget({}, { ...elsewhere, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).kind, 'emulator');
});

test('where both may be meant, the caller says which', (t) => {
  const variables = { LLM_DATA_DIR: dataFolder(t, true), AWS_PROFILE: 'work' };
  assert.throws(() => findTarget({}, variables), /AWS_PROFILE is set: say --target local or --target aws/);
  const elsewhere = { LLM_DATA_DIR: dataFolder(t, false), AWS_PROFILE: 'work' };
  assert.throws(() => findTarget({ otherwise: 'local' }, elsewhere), /say --target local or --target aws/);
  assert.equal(findTarget({ target: 'aws' }, variables).kind, 'aws');
  assert.equal(findTarget({ target: 'local' }, variables).kind, 'local');
});

test('the key file that a start prints is taken as it is', () => {
  const variables = { AWS_CONFIG_FILE: '/data/aws-config', AWS_PROFILE: 'local' };
  const expected = { kind: 'local', stage: 'dev', found: false, keyFile: '/data/aws-config' };
  assert.deepEqual(findTarget({}, variables), expected);
});

test('no key of another place reaches the local host, and AWS is not reached by an emulator’s address', (t) => {
  const variables: Record<string, string | undefined> = {
    LLM_DATA_DIR: dataFolder(t, true),
    AWS_ACCESS_KEY_ID: 'other',
    AWS_SECRET_ACCESS_KEY: 'other',
    AWS_SESSION_TOKEN: 'other',
  };
  const target = findTarget({ target: 'local' }, variables);
  reach(target, variables);
  assert.deepEqual(variables, {
    LLM_DATA_DIR: variables.LLM_DATA_DIR,
    AWS_CONFIG_FILE: target.keyFile,
    AWS_PROFILE: 'local',
  });
  const emulator = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
  assert.throws(() => reach(findTarget({ target: 'aws' }, emulator), emulator), /AWS_ENDPOINT_URL is set/);
  assert.throws(
    () => reach(findTarget({ target: 'emulator' }, {}), {}),
    /AWS_ENDPOINT_URL is not set: name the emulator/,
  );
  const nothing = { LLM_DATA_DIR: dataFolder(t, false) };
  assert.throws(() => reach(findTarget({ target: 'local' }, nothing), nothing), /No local host runs here/);
});
