import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, type SettingsContext } from '../../../config/read-settings.ts';
import { ConfigurationError } from '../../../config/settings-variables.ts';

const here: SettingsContext = {
  stage: 'test',
  version: '1.2.3',
  onAws: false,
  reservedConcurrency: true,
  open: false,
};
const onAws: SettingsContext = { ...here, onAws: true };

const namesOf = (variables: Record<string, string>, context = here) =>
  readSettings(variables, context).settings.providers.map(({ name }) => name);

function faultsOf(variables: Record<string, string>, context = here): string {
  try {
    readSettings(variables, context);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.faults.join('\n');
  }
  return '';
}

test('with nothing set, one machine serves simulated answers without a token, and says so', () => {
  const { settings, notices } = readSettings({}, here);
  assert.deepEqual(
    settings.providers.map(({ name }) => name),
    ['simulated'],
  );
  assert.equal(settings.open, true);
  assert.equal(settings.taskTimeoutMs, 3_600_000);
  assert.equal(settings.maxQueueSize, 10_000);
  assert.equal(notices.length, 2);
  assert.match(notices.join('\n'), /made up by the provider "simulated"[\s\S]*LLM_AUTH_TOKEN is not set/);
});

test('one machine serves every provider whose key is there, limited by LLM_PROVIDERS', () => {
  const keys = { KIMI_API_KEY: 'a', OPENAI_API_KEY: 'b' };
  assert.deepEqual(namesOf(keys), ['kimi', 'openai']);
  assert.deepEqual(namesOf({ ...keys, LLM_PROVIDERS: 'openai' }), ['openai']);
  assert.deepEqual(namesOf({ ...keys, OPENAI_API_KEY: ' ' }), ['kimi']);
});

test('a base URL with a user name or password is refused, and what to write instead is said', () => {
  for (const context of [here, onAws])
    for (const login of ['ann:pa55word@', 'ann@', ':pa55word@']) {
      const KIMI_BASE_URL = `https://${login}proxy.example.com/v1`;
      const faults = faultsOf({ LLM_PROVIDERS: 'kimi', KIMI_API_KEY: 'k', KIMI_BASE_URL }, context);
      assert.match(faults, /KIMI_BASE_URL must be a URL without user name and password.*KIMI_API_KEY/);
      assert.doesNotMatch(faults, /pa55word/);
    }
});

test('the models of a server of one’s own are named by LOCAL_LLM_MODEL, the first by default', () => {
  const read = (LOCAL_LLM_MODEL: string) =>
    readSettings({ LOCAL_LLM_BASE_URL: 'http://127.0.0.1:11434/v1', LOCAL_LLM_MODEL }, here).settings
      .providers[0]?.models;
  assert.deepEqual(read(' qwen3:8b , gemma3:4b,qwen3:8b,'), ['qwen3:8b', 'gemma3:4b']);
  assert.equal(read(''), undefined);
  assert.throws(() => read(','), /LOCAL_LLM_MODEL must be names/);
  assert.throws(() => read('x'.repeat(501)), /LOCAL_LLM_MODEL must be names/);
});

test('the provider `local` needs a URL and no key', () => {
  const variables = { LOCAL_LLM_BASE_URL: 'http://127.0.0.1:8081/v1' };
  const { settings } = readSettings(variables, here);
  const [local] = settings.providers;
  assert.equal(local?.name, 'local');
  assert.equal(local?.baseUrl, variables.LOCAL_LLM_BASE_URL);
  assert.equal(local?.keyParameter, undefined);
});

test('a provider that is named but has no key is left out, and the notice says which variable is missing', () => {
  const { notices } = readSettings({ LLM_PROVIDERS: 'kimi' }, here);
  assert.match(notices.join('\n'), /kimi is named in LLM_PROVIDERS and left out: KIMI_API_KEY is not set/);
});

test('a deployment takes what LLM_PROVIDERS names, whose keys are in SSM', () => {
  const { settings, localParameters } = readSettings({ LLM_PROVIDERS: 'kimi' }, onAws);
  assert.equal(settings.providers[0]?.keyParameter, '/llm-service/test/kimi/api-key');
  assert.equal(settings.open, false);
  assert.deepEqual(localParameters, {
    '/llm-service/test/auth-token': 'LLM_AUTH_TOKEN',
    '/llm-service/test/webhook-secrets': 'LLM_WEBHOOK_SECRET',
    '/llm-service/test/kimi/api-key': 'KIMI_API_KEY',
  });
});

test('a deployment is made with simulated answers only when told so', () => {
  assert.match(faultsOf({}, onAws), /LLM_PROVIDERS is not set/);
  assert.deepEqual(namesOf({ LLM_PROVIDERS: 'simulated' }, onAws), ['simulated']);
});

test('a deployment is open only when told so', () => {
  assert.equal(readSettings({ LLM_PROVIDERS: 'kimi' }, { ...onAws, open: true }).settings.open, true);
});

test('each wrong value is named by its variable, all at once', () => {
  const faults = faultsOf({
    LLM_MAX_WORKERS: '0',
    LLM_TASK_TIMEOUT: 'soon',
    LLM_ENABLE_CORS: 'maybe',
    LLM_CORS_ORIGINS: 'everywhere',
    LLM_TYPE_LIMITS: 'translation',
    LLM_BUS_EVENTS: 'finished',
    LLM_WEBHOOK_PORTS: '70000',
    LLM_ALARM_SPEND_PER_HOUR: '0',
  });
  for (const name of [
    'LLM_MAX_WORKERS',
    'LLM_TASK_TIMEOUT',
    'LLM_ENABLE_CORS',
    'LLM_CORS_ORIGINS',
    'LLM_TYPE_LIMITS',
    'LLM_BUS_EVENTS',
    'LLM_WEBHOOK_PORTS',
    'LLM_ALARM_SPEND_PER_HOUR',
  ])
    assert.match(faults, new RegExp(`^${name} `, 'm'));
});

test('the spend an hour that rings is US dollars, by default ten', () => {
  const spendOf = (LLM_ALARM_SPEND_PER_HOUR: string) =>
    readSettings({ LLM_ALARM_SPEND_PER_HOUR }, here).alarmSpendPerHour;
  assert.deepEqual([spendOf(''), spendOf('2.50'), spendOf('400')], [10, 2.5, 400]);
  for (const wrong of ['0', '0.0', '-5', '$5', '1e3', 'none'])
    assert.match(faultsOf({ LLM_ALARM_SPEND_PER_HOUR: wrong }), /^LLM_ALARM_SPEND_PER_HOUR must be/, wrong);
});

test('origins are those that browsers send, and a wrong one is named', () => {
  const originsOf = (text: string) => readSettings({ LLM_CORS_ORIGINS: text }, here).corsOrigins;
  const right = ['https://app.example.com', 'http://localhost:3000', 'https://[::1]:8443'];
  assert.deepEqual(originsOf(right.join(', ')), right);
  for (const wrong of [
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com:443',
    'https://App.example.com',
    'https://user@app.example.com',
    'https://*.example.com',
    'app.example.com',
    'ftp://app.example.com',
    'null',
  ])
    assert.match(
      faultsOf({ LLM_CORS_ORIGINS: `${right[0]},${wrong}` }),
      new RegExp(`^LLM_CORS_ORIGINS must be origins .*, not ${JSON.stringify(wrong).replace('*', '.')}$`),
    );
});

test('without a list every origin may call, and none where CORS is off', () => {
  assert.deepEqual(readSettings({}, here).corsOrigins, ['*']);
  assert.deepEqual(readSettings({ LLM_CORS_ORIGINS: 'https://a.example,*' }, here).corsOrigins, ['*']);
  const off = { LLM_ENABLE_CORS: 'false', LLM_CORS_ORIGINS: 'https://a.example' };
  assert.deepEqual(readSettings(off, here).corsOrigins, []);
});

test('unknown names are refused: of providers, of task types, and in variables of limits', () => {
  assert.match(
    faultsOf({ LLM_PROVIDERS: 'kimmi' }),
    /LLM_PROVIDERS names kimmi \(did you mean kimi\?\); known are kimi,/,
  );
  assert.match(faultsOf({ LLM_TYPE_LIMITS: 'poetry=1' }), /names poetry; known are semantic_analysis/);
  assert.match(
    faultsOf({ LLM_CONCURRENCY_KIMMI: '3' }),
    /LLM_CONCURRENCY_KIMMI belongs to no known provider: did you mean LLM_CONCURRENCY_KIMI\?/,
  );
});

test('a provider’s own variables win over its definition; in them dashes are underscores', () => {
  const { settings } = readSettings(
    {
      LLM_PROVIDERS: 'kimi-china',
      LLM_CONCURRENCY_KIMI_CHINA: '3',
      LLM_RPM_KIMI_CHINA: '60',
      LLM_TPM_KIMI_CHINA: '1000',
      KIMI_CHINA_BASE_URL: 'https://proxy.example.com/v1',
    },
    onAws,
  );
  const [provider] = settings.providers;
  assert.equal(provider?.concurrencyLimit, 3);
  assert.equal(provider?.requestsPerMinute, 60);
  assert.equal(provider?.tokensPerMinute, 1000);
  assert.equal(provider?.baseUrl, 'https://proxy.example.com/v1');
  assert.match(
    faultsOf({ LLM_PROVIDERS: 'kimi', LLM_CONCURRENCY_KIMI: '0' }, onAws),
    /LLM_CONCURRENCY_KIMI must be/,
  );
});

test('a global limit that cannot be reached is left out, with a notice', () => {
  const variables = { LLM_PROVIDERS: 'kimi', LLM_CONCURRENCY_KIMI: '5' };
  const reached = readSettings({ ...variables, LLM_MAX_WORKERS: '4' }, onAws);
  assert.equal(reached.settings.maxWorkers, 4);
  const idle = readSettings({ ...variables, LLM_MAX_WORKERS: '5' }, onAws);
  assert.equal(idle.settings.maxWorkers, null);
  assert.match(idle.notices.join('\n'), /LLM_MAX_WORKERS=5 is never reached/);
});

test('durations are written as in Go', () => {
  const timeout = (text: string) => readSettings({ LLM_TASK_TIMEOUT: text }, here).settings.taskTimeoutMs;
  assert.equal(timeout('1m30s'), 90_000);
  assert.equal(timeout('1.5h'), 5_400_000);
  assert.equal(timeout('250ms'), 250);
});

test('webhooks may go to http and private addresses on one machine only, unless told otherwise', () => {
  assert.deepEqual(readSettings({ LLM_PROVIDERS: 'kimi' }, onAws).settings.webhooks.allowPrivate, false);
  assert.deepEqual(readSettings({}, here).settings.webhooks.allowHttp, true);
  const told = readSettings({ LLM_WEBHOOK_ALLOW_HTTP: 'false', LLM_WEBHOOK_RETRY_DELAYS: '0,5s,1m' }, here);
  assert.equal(told.settings.webhooks.allowHttp, false);
  assert.deepEqual(told.settings.webhooks.retryDelaysMs, [0, 5_000, 60_000]);
  assert.equal(told.webhookTries, 3);
});

test('of a secret only its presence is used', () => {
  const text = JSON.stringify(
    readSettings({ KIMI_API_KEY: 'top-secret', LLM_AUTH_TOKEN: 'top-secret' }, here),
  );
  assert.ok(!text.includes('top-secret'));
});

test('functions are told how many slots are kept for synchronous calls, which is below every limit', () => {
  const variables = { LLM_SLOTS_KEPT_FOR_SYNC: '2', KIMI_API_KEY: 'a', OPENAI_API_KEY: 'b' };
  const limits = { LLM_CONCURRENCY_KIMI: '10', LLM_CONCURRENCY_OPENAI: '10' };
  assert.equal(readSettings({}, here).settings.slotsKeptForSync, 0);
  assert.equal(readSettings({ ...variables, ...limits }, here).settings.slotsKeptForSync, 2);
  const small = { ...variables, ...limits, LLM_CONCURRENCY_OPENAI: '1' };
  assert.match(faultsOf(small), /^LLM_SLOTS_KEPT_FOR_SYNC=2 leaves nothing of openai's limit of 1/);
});

test('a base URL is taken as it is called, or refused for what is wrong with it', () => {
  const urlOf = (KIMI_BASE_URL: string) => {
    const variables = { LLM_PROVIDERS: 'kimi', KIMI_API_KEY: 'k', KIMI_BASE_URL };
    return readSettings(variables, here).settings.providers[0]?.baseUrl;
  };
  assert.equal(urlOf('https://proxy.example.com/v1/'), 'https://proxy.example.com/v1');
  assert.equal(urlOf('https://proxy.example.com//v1//'), 'https://proxy.example.com/v1');
  assert.equal(urlOf('http://127.0.0.1:8081'), 'http://127.0.0.1:8081');
  assert.equal(urlOf('simulated://default?latency_ms=1'), 'simulated://default?latency_ms=1');
  for (const [url, fault] of [
    ['localhost:4000/v1', /begins with http/],
    ['ftp://proxy.example.com/v1', /begins with http/],
    ['proxy.example.com', /begins with http/],
    ['https://a b.example.com', /begins with http/],
    ['https://proxy.example.com/v1#key', /without a fragment/],
    ['https://proxy.example.com/v1?key=1', /without a query/],
    ['https://proxy.example.com/v1/chat/completions', /must end before \/chat\/completions/],
    ['https://proxy.example.com/v1/models/', /must end before \/models/],
  ] as const)
    assert.match(faultsOf({ LLM_PROVIDERS: 'kimi', KIMI_API_KEY: 'k', KIMI_BASE_URL: url }), fault, url);
});

test('a misspelt variable is told with the nearest one that is known; other programs’ are left alone', () => {
  const noticed = (variables: Record<string, string>) => readSettings(variables, here).notices.join('\n');
  assert.match(
    noticed({ LLM_MAX_WORKER: '3' }),
    /LLM_MAX_WORKER is no variable.*did you mean LLM_MAX_WORKERS\?/,
  );
  assert.match(noticed({ LLM_CONCURENCY_X: '3' }), /LLM_CONCURENCY_X is no variable of the service/);
  assert.match(noticed({ KIMMI_API_KEY: 'k' }), /KIMMI_API_KEY is no variable.*did you mean KIMI_API_KEY\?/);
  assert.doesNotMatch(noticed({ GITHUB_API_KEY: 'k', LLM_PORT: '8080', LLM_STREAM_URL: 'x' }), /no variable/);
});

test('a delay of webhooks above what a queue can hold is refused', () => {
  assert.equal(faultsOf({ LLM_WEBHOOK_RETRY_DELAYS: '0s,12h' }), '');
  assert.match(faultsOf({ LLM_WEBHOOK_RETRY_DELAYS: '0s,12h1s' }), /LLM_WEBHOOK_RETRY_DELAYS/);
});
