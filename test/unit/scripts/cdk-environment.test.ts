import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cdkEnvironment } from '../../../scripts/emulator/run-cdk.ts';

const emulator = {
  endpoint: 'http://127.0.0.1:4566',
  functionsEndpoint: 'http://emulator:4566',
  region: 'us-east-1',
};

test('gives the CDK CLI no way to an AWS account', () => {
  const environment = cdkEnvironment(
    {
      AWS_PROFILE: 'production',
      AWS_ACCESS_KEY_ID: 'AKIAREAL',
      AWS_SECRET_ACCESS_KEY: 'real',
      AWS_SESSION_TOKEN: 'real',
      AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/real',
      AWS_ENDPOINT_URL_S3: 'https://s3.example',
      CDK_DEFAULT_ACCOUNT: '111111111111',
    },
    emulator,
    '/project',
  );
  const leaked = Object.entries(environment).filter(([, value]) =>
    /real|production|111111111111|example/i.test(value ?? ''),
  );
  assert.deepEqual(leaked, []);
  assert.equal(environment.AWS_ENDPOINT_URL, 'http://127.0.0.1:4566');
  assert.equal(environment.AWS_ACCESS_KEY_ID, 'test');
});

test("passes settings on, and finds the project's node first", () => {
  const environment = cdkEnvironment({ LLM_PROVIDERS: 'simulated', PATH: '/usr/bin' }, emulator, '/project');
  assert.equal(environment.LLM_PROVIDERS, 'simulated');
  assert.equal(environment.PATH, '/project/node_modules/.bin:/usr/bin');
});
