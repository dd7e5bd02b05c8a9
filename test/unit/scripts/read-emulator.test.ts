import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEmulator } from '../../../scripts/emulator/read-emulator.ts';

test('takes an endpoint on this machine, and functions reach it by the same name', () => {
  for (const endpoint of [
    'http://127.0.0.1:4566',
    'http://127.9.0.1:4566',
    'http://[::1]:4566',
    'http://localhost:4566',
    'http://localhost.localstack.cloud:4566',
    'https://localhost.localstack.cloud',
  ])
    assert.deepEqual(readEmulator({ AWS_ENDPOINT_URL: `${endpoint}/` }), {
      endpoint,
      functionsEndpoint: endpoint,
      region: 'us-east-1',
    });
});

test('lets functions reach the emulator by a name of their own', () => {
  const emulator = readEmulator({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'eu-central-1',
    LLM_EMULATOR_FUNCTIONS_ENDPOINT: 'http://emulator:4566/',
  });
  assert.equal(emulator.functionsEndpoint, 'http://emulator:4566');
  assert.equal(emulator.region, 'eu-central-1');
});

test('refuses to guess an endpoint', () => {
  assert.throws(() => readEmulator({}), /AWS_ENDPOINT_URL is not set/);
  assert.throws(() => readEmulator({ AWS_ENDPOINT_URL: '' }), /AWS_ENDPOINT_URL is not set/);
  for (const AWS_ENDPOINT_URL of ['4566', 'ftp://127.0.0.1', 'http://127.0.0.1:4566/path'])
    assert.throws(() => readEmulator({ AWS_ENDPOINT_URL }), /must be a URL such as/);
});

test('refuses another machine unless told that it is an emulator', () => {
  for (const AWS_ENDPOINT_URL of [
    'http://emulator.example:4566',
    'http://10.0.0.7:4566',
    'http://127.0.0.1.example.com',
    'http://notlocalhost',
  ]) {
    assert.throws(() => readEmulator({ AWS_ENDPOINT_URL }), /is not this machine.*LLM_EMULATOR_ALLOW_REMOTE/);
    readEmulator({ AWS_ENDPOINT_URL, LLM_EMULATOR_ALLOW_REMOTE: 'true' });
  }
});

test('refuses AWS itself, whatever is allowed', () => {
  for (const AWS_ENDPOINT_URL of [
    'https://sqs.us-east-1.amazonaws.com',
    'https://lambda.cn-north-1.amazonaws.com.cn',
    'https://abc.lambda-url.us-east-1.on.aws',
  ])
    assert.throws(
      () => readEmulator({ AWS_ENDPOINT_URL, LLM_EMULATOR_ALLOW_REMOTE: 'true' }),
      /is AWS itself/,
    );
});

test('names a variable that is wrong', () => {
  const source = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
  assert.throws(
    () => readEmulator({ ...source, LLM_EMULATOR_ALLOW_REMOTE: 'yes' }),
    /LLM_EMULATOR_ALLOW_REMOTE/,
  );
  assert.throws(
    () => readEmulator({ ...source, LLM_EMULATOR_FUNCTIONS_ENDPOINT: 'nowhere' }),
    /LLM_EMULATOR_FUNCTIONS_ENDPOINT/,
  );
});
