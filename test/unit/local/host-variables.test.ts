import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHostVariables } from '../../../local/host-variables.ts';

test('the variables of the host that say what it does not know stop the start, all at once', () => {
  assert.throws(
    () =>
      checkHostVariables({
        LLM_PORT: '80800',
        LLM_HOST: 'http://127.0.0.1',
        LLM_LOG_LEVEL: 'verbose',
        LLM_ALLOW_OPEN_NETWORK: 'yes',
      }),
    {
      message: `The configuration is wrong:
  - LLM_PORT must be a port from 0 to 65535, of which 0 takes a free one, not "80800"
  - LLM_HOST must be an address or a host name, such as 127.0.0.1, without scheme and port, not "http://127.0.0.1"
  - LLM_LOG_LEVEL must be debug, info or silent, not "verbose"
  - LLM_ALLOW_OPEN_NETWORK must be true or false, not "yes"`,
    },
  );
});

test('what is right, empty or not there passes', () => {
  for (const LLM_PORT of ['0', '80', '8080', '65535', '', ' '])
    checkHostVariables({ LLM_PORT, LLM_HOST: '::1', LLM_LOG_LEVEL: 'DEBUG', LLM_ALLOW_OPEN_NETWORK: '1' });
  checkHostVariables({});
});
