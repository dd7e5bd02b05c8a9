import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOpenness, readOpenness } from '../../../local/openness.ts';

test('without a token the network is served only when it is asked for by name', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    assert.equal(readOpenness(host, {}), 'machine');
    assert.equal(readOpenness(host, { LLM_ALLOW_OPEN_NETWORK: 'true' }), 'machine');
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'my-machine']) {
    for (const LLM_ALLOW_OPEN_NETWORK of [undefined, '', 'false', 'yes'])
      assert.throws(
        () => readOpenness(host, { LLM_AUTH_TOKEN: ' ', LLM_ALLOW_OPEN_NETWORK }),
        new RegExp(`LLM_HOST=${host} .*Set LLM_AUTH_TOKEN, or LLM_ALLOW_OPEN_NETWORK=true`),
      );
    assert.equal(readOpenness(host, { LLM_ALLOW_OPEN_NETWORK: 'true' }), 'network');
  }
});

test('with a token any address is served', () => {
  for (const host of ['127.0.0.1', '0.0.0.0'])
    assert.equal(readOpenness(host, { LLM_AUTH_TOKEN: 'secret' }), 'token');
});

test('a start says when it serves the network without a token', () => {
  assert.match(describeOpenness('network').join(), /LLM_ALLOW_OPEN_NETWORK/);
  assert.deepEqual([...describeOpenness('machine'), ...describeOpenness('token')], []);
});
