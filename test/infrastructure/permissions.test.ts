import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTarget } from '../../lib/deployment-target.ts';
import { resourcesOf, secrets, synthesizeService } from './synthesize-service.ts';

const { service, storage, monitoring } = synthesizeService();
const statements = resourcesOf(service, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
  Properties.PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
    id,
    actions: [statement.Action].flat() as string[],
    resources: [statement.Resource].flat() as unknown[],
  })),
);

test('a permission on every resource is given only where AWS has no narrower one', () => {
  const everywhere = statements.filter(({ resources }) => resources.includes('*'));
  assert.deepEqual(
    everywhere.flatMap(({ actions }) => actions),
    // Of both readers of the stream.
    ['dynamodb:ListStreams', 'dynamodb:ListStreams'],
  );
});

test('no permission names every action of a service', () => {
  for (const { id, actions } of statements)
    for (const action of actions) assert.ok(!action.includes('*'), `${id}: ${action}`);
});

test('a function has a role of its own, and none of AWS’s managed policies', () => {
  const roles = resourcesOf(service, 'AWS::Lambda::Function').map(([, { Properties }]) =>
    JSON.stringify(Properties.Role),
  );
  assert.equal(new Set(roles).size, roles.length);
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::IAM::Role'))
    if (JSON.stringify(Properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'))
      assert.equal(Properties.ManagedPolicyArns, undefined, id);
});

test('a worker reads its own provider’s key and no other', () => {
  const own = (provider: string) =>
    statements.filter(
      ({ id, resources }) =>
        id.includes(`Worker${provider}`) && JSON.stringify(resources).includes('/api-key'),
    );
  for (const [provider, other] of [
    ['kimi', 'openai'],
    ['openai', 'kimi'],
  ] as const) {
    const text = JSON.stringify(own(provider));
    assert.ok(text.includes(`/${provider}/api-key`));
    assert.ok(!text.includes(`/${other}/api-key`));
  }
  const readers = statements.filter(({ resources }) => JSON.stringify(resources).includes('/api-key'));
  assert.ok(readers.every(({ id }) => id.startsWith('Worker')));
});

/** Policies that allow an action on queues whose logical ids match, each by the start of its id. */
function allowedTo(action: string, queues: RegExp): string[] {
  const owners = statements
    .filter(({ actions }) => actions.includes(action))
    .filter(({ resources }) => resources.some((resource: unknown) => queues.test(JSON.stringify(resource))))
    .map(({ id }) => /^(Worker(?:kimi|openai)|[A-Z][a-z]+)/.exec(id)?.[0] ?? id);
  return [...new Set(owners)].sort();
}

test('tasks are received by the worker of their provider alone', () => {
  for (const provider of ['kimi', 'openai'])
    for (const queue of ['High', 'Normal', 'Low', 'Tickets'])
      assert.deepEqual(
        allowedTo('sqs:ReceiveMessage', new RegExp(`Queues${provider}${queue}`)),
        [`Worker${provider}`],
        `${provider} ${queue}`,
      );
});

test('waiting tasks of every provider are shown by every worker and the sweeper, and ended by workers', () => {
  const workers = ['Workerkimi', 'Workeropenai'];
  for (const queue of ['kimiHigh', 'kimiNormal', 'openaiLow']) {
    const queues = new RegExp(`Queues${queue}`);
    assert.deepEqual(allowedTo('sqs:ChangeMessageVisibility', queues), ['Sweep', ...workers], queue);
    assert.deepEqual(allowedTo('sqs:DeleteMessage', queues), workers, queue);
  }
});

test('workers are invoked, each by its name, by what answers at once and by nothing else', () => {
  const invokes = (provider: string) =>
    statements
      .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
      .filter(({ resources }) =>
        resources.some((each: unknown) =>
          JSON.stringify(each).includes(`:function:llm-test-process-task-${provider}"`),
        ),
      )
      .map(({ id }) => /^(Http|Streams)[A-Z][a-z]+[A-Z][a-z]+/.exec(id)?.[0] ?? id)
      .sort();
  for (const provider of ['kimi', 'openai'])
    assert.deepEqual(invokes(provider), ['HttpProcessSync', 'StreamsServeStream']);
  const functions = resourcesOf(service, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  const { WORKER_FUNCTION_PREFIX } =
    functions.find(({ FunctionName }) => FunctionName === 'llm-test-serve-stream')?.Environment.Variables ??
    {};
  assert.ok(functions.some(({ FunctionName }) => FunctionName === `${WORKER_FUNCTION_PREFIX}kimi`));
});

test('dead tasks are received, and taken off, by the sweeper alone', () => {
  for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage'])
    assert.deepEqual(allowedTo(action, /Queues(kimi|openai)Dead/), ['Sweep'], action);
});

test('no template holds a secret', () => {
  const local = synthesizeService({ target: localTarget });
  for (const template of [service, storage, monitoring, local.service, local.storage])
    for (const secret of Object.values(secrets))
      assert.ok(!JSON.stringify(template.toJSON()).includes(secret), secret);
});

test('the environment of every function stays below Lambda’s 4 KB with every provider on', () => {
  const everyone = 'kimi,kimi-china,openai,qwen,deepseek,gemini,anthropic,bedrock,local,simulated';
  const { service: full } = synthesizeService({
    variables: { LLM_PROVIDERS: everyone, LOCAL_LLM_BASE_URL: 'http://10.0.0.1:8000/v1' },
  });
  for (const [id, { Properties }] of resourcesOf(full, 'AWS::Lambda::Function')) {
    const bytes = Buffer.byteLength(JSON.stringify(Properties.Environment?.Variables ?? {}));
    assert.ok(bytes < 4096, `${id}: ${bytes}`);
  }
});

test('every function logs to a group of its own with a retention', () => {
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function')) {
    assert.ok(Properties.LoggingConfig?.LogGroup, id);
    assert.equal(Properties.Runtime, 'nodejs24.x', id);
    assert.deepEqual(Properties.Architectures, ['arm64'], id);
  }
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Logs::LogGroup'))
    assert.equal(Properties.RetentionInDays, 30, id);
});
