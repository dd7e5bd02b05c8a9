import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Options, referredId, resourcesOf, synthesizeService } from './synthesize-service.ts';

function workersOf(options?: Options) {
  const { service, configuration } = synthesizeService(options);
  const functions = new Map(resourcesOf(service, 'AWS::Lambda::Function'));
  const workers = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').flatMap(([, { Properties }]) => {
    const handler = functions.get(referredId(Properties.FunctionName))?.Properties;
    const provider = handler?.Environment?.Variables?.PROVIDER;
    if (provider === undefined) return [];
    return [
      {
        provider: provider as string,
        reserved: handler?.ReservedConcurrentExecutions as number | undefined,
        maximum: Properties.ScalingConfig?.MaximumConcurrency as number,
        batchSize: Properties.BatchSize as number,
        recursiveLoop: handler?.RecursiveLoop as string,
        limit: configuration.settings.providers.find(({ name }) => name === provider),
      },
    ];
  });
  assert.equal(workers.length, configuration.settings.providers.length);
  return { workers, configuration };
}

test('reserved concurrency covers what the queue may start and the slots kept for synchronous calls', () => {
  for (const kept of [0, 1, 3]) {
    const { workers } = workersOf({
      variables: { LLM_SLOTS_KEPT_FOR_SYNC: String(kept), LLM_CONCURRENCY_KIMI: '10' },
    });
    for (const { provider, reserved, maximum, limit } of workers) {
      assert.ok((reserved ?? 0) >= maximum + kept, `${provider}: ${reserved} < ${maximum} + ${kept}`);
      assert.equal(limit?.concurrencyLimit, reserved, `${provider}'s limit is that of both`);
    }
  }
});

test('a provider’s limit is its worker’s reserved concurrency', () => {
  const { workers } = workersOf({ variables: { LLM_CONCURRENCY_KIMI: '7', LLM_CONCURRENCY_OPENAI: '2' } });
  assert.deepEqual(
    workers.map(({ provider, reserved, maximum, limit }) => [
      provider,
      reserved,
      maximum,
      limit?.limitedBySemaphore,
    ]),
    [
      ['kimi', 7, 7, false],
      ['openai', 2, 2, false],
    ],
  );
});

test('a limit of 1 is held by the semaphore, because Lambda’s mappings start at 2', () => {
  const { workers } = workersOf({ variables: { LLM_CONCURRENCY_KIMI: '1' } });
  const kimi = workers.find(({ provider }) => provider === 'kimi');
  assert.equal(kimi?.limit?.limitedBySemaphore, true);
  assert.equal(kimi?.maximum, 2);
});

test('with several tasks an invocation, tickets that come one by one find executions, and slots hold the limit', () => {
  const { workers } = workersOf({
    variables: { LLM_TASKS_PER_INVOCATION: '4', LLM_CONCURRENCY_KIMI: '16', LLM_CONCURRENCY_OPENAI: '10' },
  });
  assert.deepEqual(
    workers.map(({ reserved, batchSize, limit }) => [reserved, batchSize, limit?.limitedBySemaphore]),
    [
      [16, 4, true],
      [10, 4, true],
    ],
  );
});

test('an account without reserved concurrency puts every limit on the semaphore', () => {
  const { workers } = workersOf({ reservedConcurrency: false });
  for (const { provider, reserved, limit } of workers) {
    assert.equal(reserved, undefined, provider);
    assert.equal(limit?.limitedBySemaphore, true, provider);
  }
});

test('a worker may send to the queues of another provider', () => {
  for (const { recursiveLoop } of workersOf().workers) assert.equal(recursiveLoop, 'Allow');
});

test('limits that Lambda cannot hold stop the synth, with what to change', () => {
  assert.throws(
    () => synthesizeService({ variables: { LLM_SLOTS_KEPT_FOR_SYNC: '2', LLM_CONCURRENCY_KIMI: '3' } }),
    /LLM_SLOTS_KEPT_FOR_SYNC=2 leaves 1 of the 3 executions of kimi's worker.*raise the provider's limit or keep fewer slots/,
  );
});

test('settings of any length fit, since they are no part of an environment', () => {
  const { service, configuration } = synthesizeService({
    variables: { LLM_BUS_EVENTS: 'completed,'.repeat(600) },
  });
  assert.ok(JSON.stringify(configuration.settings).length > 4_096);
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function'))
    assert.ok(JSON.stringify(Properties.Environment.Variables).length < 3_000, id);
});

/** MaximumConcurrency of the queues' mappings and what the stream's may ask for of one shard. */
function mappingsOf({ service }: Pick<ReturnType<typeof synthesizeService>, 'service'>) {
  const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties,
  );
  return mappings.map(({ ScalingConfig, ParallelizationFactor }) =>
    Number(ScalingConfig?.MaximumConcurrency ?? ParallelizationFactor),
  );
}

test('an account of ten executions runs one provider, with five left for the API', () => {
  const options = { accountConcurrency: 10, variables: { LLM_PROVIDERS: 'kimi' } };
  const { workers, configuration } = workersOf(options);
  assert.deepEqual(
    workers.map(({ provider, reserved, maximum, limit }) => [
      provider,
      reserved,
      maximum,
      limit?.concurrencyLimit,
      limit?.limitedBySemaphore,
    ]),
    [['kimi', undefined, 2, 2, true]],
  );
  const asked = mappingsOf(synthesizeService(options));
  // The least: of the stream's two readers, and of what SQS takes.
  assert.deepEqual(asked.sort(), [1, 1, 2, 2]);
  assert.deepEqual(configuration.notices, [
    "accountConcurrency=10 leaves no room for reserved concurrency: the table of slots holds the providers' limits.",
    'kimi runs 2 calls at once instead of 20: accountConcurrency=10 leaves its worker no more.',
  ]);
});

test('an account’s size that is not given changes nothing', () => {
  const asked = mappingsOf(synthesizeService());
  assert.deepEqual(asked, mappingsOf(synthesizeService({ accountConcurrency: 1_000 })));
  assert.deepEqual(asked.sort(), [1, 2, 20, 20, 20]);
  assert.equal(workersOf({ accountConcurrency: 1_000 }).workers[0]?.reserved, 20);
});

test('what does not fit an account stops the synth, with each share and the number that does', () => {
  assert.throws(
    () => synthesizeService({ accountConcurrency: 10 }),
    /accountConcurrency=10 leaves 5 executions.* at least 7 are needed \(kimi 2, openai 2, webhooks 2, changes of tasks 1\): name one provider at most in LLM_PROVIDERS, or have the account's concurrent executions raised to 12/,
  );
});
