/** A file that is wrong, and all that is said of it, after `config.yaml:`. */
export interface WrongFile {
  title: string;
  text: string;
  faults: string[];
  /** Whether its JSON Schema can tell it too: what ties two places together, and what YAML alone knows, it cannot. */
  isToldByEditors: boolean;
}

const urlExample = 'such as https://api.example.com/v1';
const keyGoes = (variable: string, parameter: string) =>
  `set the variable ${variable} (in the environment or .env), on AWS the SSM parameter /llm-service/<stage>/${parameter}`;

export const wrongFiles: WrongFile[] = [
  {
    title: 'a text where a number is expected',
    text: 'limits:\n  max_workers: many\n',
    faults: ['2:16 limits.max_workers must be a whole number of at least 1, not "many"'],
    isToldByEditors: true,
  },
  {
    title: 'a misspelt key, and one of another section',
    text: 'limits:\n  max_worker: 4\n  retention: 7d\n',
    faults: [
      '2:3 limits.max_worker is not known: did you mean max_workers?',
      '3:3 limits.retention is not known: it belongs to retention',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a variable where its key is expected',
    text: 'LLM_CACHE_TTL: 1h\nport: 9000\n',
    faults: [
      '1:1 LLM_CACHE_TTL is not known: here it is cache.ttl',
      '2:1 port is not known: the variable LLM_PORT sets it',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a key of a provider',
    text: 'providers:\n  kimi:\n    api_key: sk-0123456789abcdef0123\n',
    faults: [
      `3:5 providers.kimi.api_key is a secret, and none is taken from this file: ${keyGoes('KIMI_API_KEY', 'kimi/api-key')}`,
    ],
    isToldByEditors: true,
  },
  {
    title: 'secrets where no other key is',
    text: 'auth_token: abc\nwebhooks:\n  secret: whsec_abc\n',
    faults: [
      `1:1 auth_token is a secret, and none is taken from this file: ${keyGoes('LLM_AUTH_TOKEN', 'auth-token')}`,
      `3:3 webhooks.secret is a secret, and none is taken from this file: ${keyGoes('LLM_WEBHOOK_SECRET', 'webhook-secrets')}`,
    ],
    isToldByEditors: true,
  },
  {
    title: 'a secret that only looks like one',
    text: 'providers:\n  kimi:\n    title: sk-0123456789abcdef0123\n    key: sk-0123456789abcdef0123\n',
    faults: [
      `3:5 providers.kimi.title is a secret, and none is taken from this file: ${keyGoes('KIMI_API_KEY', 'kimi/api-key')}`,
      `4:10 providers.kimi.key must be required, optional or none, and never the secret itself: ${keyGoes('KIMI_API_KEY', 'kimi/api-key')}`,
    ],
    isToldByEditors: true,
  },
  {
    title: 'a base URL of another scheme, with a password, with a route',
    text: [
      'providers:',
      '  qwen: { base_url: "ftp://proxy.example.com/v1" }',
      '  kimi: { base_url: "https://ann:pa55word@proxy.example.com/v1" }',
      '  openai: { base_url: "https://proxy.example.com/v1/chat/completions" }',
    ].join('\n'),
    faults: [
      `2:21 providers.qwen.base_url must be a URL that begins with http:// or https://, ${urlExample}`,
      '3:21 providers.kimi.base_url must be a URL without user name and password, which everyone who may read the deployed code would see: write the secret into KIMI_API_KEY, which is sent as a bearer token',
      '4:23 providers.openai.base_url must end before /chat/completions: the routes are added to it, as to https://api.example.com/v1',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a new provider that is a misspelt one, and one that lacks what it needs',
    text: 'providers:\n  kimmi:\n    concurrency: 5\n  acme:\n    base_url: https://a.example\n    models:\n      small: { context_window: 8000 }\n',
    faults: [
      '2:3 providers.kimmi is a new provider and lacks base_url and models (did you mean the built-in kimi?)',
      '7:7 providers.acme.models.small is a new model and lacks input_usd_per_million and output_usd_per_million',
    ],
    isToldByEditors: false,
  },
  {
    title: 'names of what there is not',
    text: 'enabled_providers: [kimi, opnai]\nlimits:\n  types: { translatoin: 2 }\nproviders:\n  box: { like: locl }\n  kimi: { default_model: kimi-k26 }\n',
    faults: [
      '1:27 enabled_providers[1] names opnai, which is not known: did you mean openai?',
      '3:12 limits.types.translatoin names translatoin, which is not known: did you mean translation?',
      '5:16 providers.box.like must be kimi, kimi-china, openai, qwen, deepseek, gemini, anthropic, bedrock, local or simulated, not "locl"',
      '6:26 providers.kimi.default_model names kimi-k26, which is none of its models: did you mean kimi-k2.6?',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a name that is none, and one that the service has itself',
    text: 'providers:\n  My_Box: { like: local, base_url: "http://10.0.0.1" }\n  events: { like: local, base_url: "http://10.0.0.1" }\n',
    faults: [
      '2:3 the name providers.My_Box must be lower case letters, digits and dashes, 2 to 24 of them',
      '3:3 providers.events is a name of the service itself: choose another',
    ],
    isToldByEditors: true,
  },
  {
    title: 'durations without a unit, in words, and above the bound',
    text: 'retention: 30\ncache: { ttl: 7 days }\nlimits: { task_timeout: 15d }\nwebhooks: { retry_delays: [0s, 12h1s] }\n',
    faults: [
      '1:12 retention must be a duration up to 3650d, such as 30s, 5m or 1h30m, not 30',
      '2:15 cache.ttl must be a duration up to 3650d, such as 30s, 5m or 1h30m, not "7 days"',
      '3:25 limits.task_timeout must be a duration up to 14d, such as 30s, 5m or 1h30m, not "15d"',
      '4:32 webhooks.retry_delays[1] must be durations up to 12h, such as 0s,5s,5m, not "12h1s"',
    ],
    isToldByEditors: true,
  },
  {
    title: 'the yes, on and NO of YAML 1.1',
    text: 'cors:\n  enabled: yes\nwebsocket:\n  enabled: on\nwebhooks:\n  allow_http: NO\n',
    faults: [
      '2:12 cors.enabled must be true or false, not "yes"',
      '4:12 websocket.enabled must be true or false, not "on"',
      '6:15 webhooks.allow_http must be true or false, not "NO"',
    ],
    isToldByEditors: true,
  },
  {
    title: 'numbers that other readers take otherwise',
    text: 'limits:\n  max_workers: 010\n  max_queue_size: 1_000\nscheduling:\n  low_first_every: 1.5\n',
    faults: [
      '2:16 010 is read as 10: write it without the leading 0, or in quotes as a text',
      '3:19 limits.max_queue_size must be a whole number of at least 1, not "1_000"',
      '5:20 scheduling.low_first_every must be a whole number of at least 0, not 1.5',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a key that is there twice',
    text: 'limits:\n  max_workers: 1\nretention: 7d\nlimits:\n  max_workers: 2\n',
    faults: ['4:1 limits is there twice: only one of them could count'],
    isToldByEditors: false,
  },
  {
    title: 'a tab',
    text: 'limits:\n\tmax_workers: 1\n',
    faults: ['2:1 is indented by a tab: use spaces'],
    isToldByEditors: false,
  },
  {
    title: 'a list, a text and nothing where a map is expected',
    text: 'limits: [1]\nproviders: kimi\nwebhooks:\n',
    faults: [
      '1:9 limits must be a map, not a list',
      '2:12 providers must be a map of providers by their names, not "kimi"',
      '3:1 webhooks has no value: give it one, or remove the line',
    ],
    isToldByEditors: true,
  },
  {
    title: 'a file as .env is written',
    text: 'KIMI_API_KEY=sk-0123456789abcdef0123\n',
    faults: ['1:1 the file must be a map of settings, not a text: is a space missing behind a colon?'],
    isToldByEditors: true,
  },
  {
    title: 'a second document',
    text: 'retention: 7d\n---\nretention: 8d\n',
    faults: ['2:1 begins a second document (---): only one is read'],
    isToldByEditors: false,
  },
  {
    title: 'a merge key, an alias of nothing, and one of itself',
    text: 'providers:\n  kimi: &k { concurrency: 5 }\n  qwen:\n    <<: *k\n',
    faults: ['4:5 << is a merge key, which YAML 1.2 does not have: write its members out'],
    isToldByEditors: false,
  },
  {
    title: 'task types: a wrong schema, no instructions, a file that is not there, one outside',
    text: [
      'task_types:',
      '  one: { instructions: Do it., result_schema: { properties: { a: { type: txt } } } }',
      '  two: { requires: data }',
      '  three: { instructions_file: no-such.md }',
      '  four: { instructions_file: ../secrets.md }',
    ].join('\n'),
    faults: [
      '2:74 task_types.one.result_schema.properties.a.type must be one of array, boolean, integer, null, number, object, string, or a list of them',
      '3:3 task_types.two needs instructions or instructions_file, one of the two',
      '4:31 task_types.three.instructions_file names no-such.md, which is not there',
      '5:30 task_types.four.instructions_file must be the path of a file beside this one, such as prompts/skus.md, without a leading /, a \\ or .., not "../secrets.md"',
    ],
    isToldByEditors: true,
  },
  {
    title: 'prices, windows and weights that cannot be',
    text: [
      'providers:',
      '  kimi:',
      '    models:',
      '      kimi-k2.6: { input_usd_per_million: -1, quality: 2, refuses: [temprature] }',
      '      kimi-k3: { max_output_tokens: 2000000 }',
      'routing: { weights: { cost: { cost: 0, speed: 0, quality: 0 } } }',
    ].join('\n'),
    faults: [
      '4:43 providers.kimi.models.kimi-k2.6.input_usd_per_million must be a number from 0 to 10000, not -1',
      '4:56 providers.kimi.models.kimi-k2.6.quality must be a number from 0 to 1, not 2',
      '4:69 providers.kimi.models.kimi-k2.6.refuses[0] must be temperature, max_tokens, response_format, top_p, n, presence_penalty or frequency_penalty, not "temprature"',
      '6:29 routing.weights.cost must be a map with cost, speed and quality, one of them above 0',
    ],
    isToldByEditors: true,
  },
  {
    title: 'origins and ports that are none',
    text: 'cors:\n  origins: [app.example.com, "https://app.example.com/"]\nwebhooks:\n  ports: [443, 70000]\n',
    faults: [
      '2:13 cors.origins[0] must be origins such as https://app.example.com, without a path, or *, not "app.example.com"',
      '2:30 cors.origins[1] must be origins such as https://app.example.com, without a path, or *, not "https://app.example.com/"',
      '4:16 webhooks.ports[1] must be ports from 1 to 65535, such as 8443,9443, not 70000',
    ],
    isToldByEditors: true,
  },
];
