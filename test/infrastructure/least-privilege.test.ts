import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionName } from '../../lib/function-definition.ts';
import { listFunctions } from '../../lib/list-functions.ts';
import { stateRows } from '../../lib/state-rows.ts';
import { findCalls } from './calls/find-calls.ts';
import { readSources } from './calls/read-sources.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

// What each function can call is read from its source, by the types of the compiler: from its entry file through the
// ports to the commands of the SDK. A run would show only what it happened to call. What this reading misses fails as
// a grant that nothing uses; and the local host, whose end-to-end tests run beside, refuses a call without a grant.

const { service, configuration } = synthesizeService();
const sources = readSources();

/** The permissions of a command; undefined: one that has the command's own name. */
const permissionsOf: Record<string, string | string[]> = {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  TransactWriteItems: ['PutItem', 'UpdateItem', 'DeleteItem'],
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  DeleteObjects: 'DeleteObject',
  PostToConnection: 'ManageConnections',
  DeleteConnection: 'ManageConnections',
  Invoke: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
};

const rows = Object.entries(stateRows).flatMap(([kind, patterns]) =>
  patterns.map((pattern) => [kind, pattern.replace('*', '')] as const),
);

/** What an adapter's command is about, by what stands beside it. */
function placesOf(file: string, beside: Set<string>, environment: readonly string[]): string[] {
  const [, technology] = /^adapters\/([a-z0-9]+)-/.exec(file) ?? [];
  const named = (choices: Record<string, string>) =>
    Object.entries(choices).flatMap(([mark, place]) => (beside.has(mark) ? [place] : []));
  if (file === 'adapters/s3-file-contents.ts') return ['fileContents'];
  // It reads for those that its worker hands it to.
  if (file === 'adapters/dynamo-reads-together.ts') return ['tasks', 'providers'];
  if (technology === 's3') return ['payloads'];
  if (technology === 'eventbridge') return ['eventBus'];
  if (technology === 'apigateway') return ['connections'];
  if (file === 'adapters/lambda-batch-starter.ts') return ['batchRunner'];
  if (technology === 'lambda') return ['workers'];
  if (file === 'adapters/sqs-webhook-queue.ts') return ['webhookQueue'];
  if (file === 'adapters/sqs-share-queue.ts') return ['shareQueue'];
  if (technology === 'sqs')
    return named({ taskQueue: 'taskQueues', ticketQueue: 'ticketQueues', deadQueue: 'deadQueues' });
  if (technology === 'ssm')
    return Object.entries({
      AUTH_PARAMETER: 'authToken',
      WEBHOOK_SECRET_PARAMETER: 'webhookSecrets',
      PROVIDER: 'providerKey',
    }).flatMap(([variable, place]) => (environment.includes(variable) ? [place] : []));
  const kinds = [...new Set(rows.flatMap(([kind, start]) => (beside.has(start) ? [kind] : [])))];
  // Keys of the table of tasks begin with a tenant, which is no text of the source.
  return kinds.length > 0 ? kinds : ['tasks'];
}

function calledBy(entry: string, environment: readonly string[]): string[] {
  const calls = findCalls(sources, `functions/${entry}.ts`).flatMap(({ file, command, beside }) => {
    const places = placesOf(file, beside, environment);
    assert.notDeepEqual(places, [], `${file}: what is ${command} about?`);
    const permissions = [permissionsOf[command] ?? command].flat();
    return places.flatMap((place) => permissions.map((permission) => `${permission} of ${place}`));
  });
  return [...new Set(calls)].sort();
}

const marks: Record<string, RegExp> = {
  tasks: /TaskTable/,
  payloads: /PayloadBucket/,
  fileContents: /FileBucket/,
  taskQueues: /Queues\w+(High|Normal|Low)/,
  ticketQueues: /Queues\w+Tickets/,
  deadQueues: /Queues\w+Dead/,
  webhookQueue: /WebhooksQueue/,
  shareQueue: /EventShares/,
  eventBus: /EventBus/,
  connections: /@connections/,
  workers: /:function:llm-test-process-task-/,
  batchRunner: /:function:llm-test-run-batches/,
  authToken: /auth-token/,
  webhookSecrets: /webhook-secrets/,
  providerKey: /api-key/,
};

/** What a resource of a statement is, with the rows that its condition names. */
function placesOfResource(resource: unknown, condition: unknown): string[] {
  const text = JSON.stringify(resource);
  if (/StateTable/.test(text)) {
    const patterns = new Set(JSON.stringify(condition ?? '').match(/[A-Z]+#?\*?(?=")/g));
    const kinds = Object.entries(stateRows).filter(([, own]) => own.every((each) => patterns.has(each)));
    return kinds.length > 0 ? kinds.map(([kind]) => kind) : ['the whole state table'];
  }
  return Object.entries(marks).flatMap(([place, mark]) => (mark.test(text) ? [place] : []));
}

/** What event source mappings are granted, and nothing of the function itself: CDK does this. */
function grantedToMapping(entry: string): string[] {
  const receives = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl'];
  const of = (place: string, actions: string[]) => actions.map((action) => `${action} of ${place}`);
  if (entry === 'queue/process-task') return of('ticketQueues', [...receives, 'ReceiveMessage']);
  if (entry === 'queue/deliver-webhook') return of('webhookQueue', [...receives, 'ReceiveMessage']);
  if (entry === 'stream/publish-task-event' || entry === 'stream/count-task-changes')
    return of('tasks', ['DescribeStream', 'GetRecords', 'GetShardIterator']);
  return [];
}

function grantedTo(physicalName: string): string[] {
  const [, definition] =
    resourcesOf(service, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === physicalName,
    ) ?? [];
  const [role] = definition?.Properties.Role['Fn::GetAtt'] ?? [];
  assert.ok(role, physicalName);
  const statements = resourcesOf(service, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const granted = statements.flatMap(({ Action, Resource, Condition }) =>
    [Action]
      .flat()
      .flatMap((action: string) =>
        [Resource]
          .flat()
          .flatMap((resource) =>
            placesOfResource(resource, Condition).map((place) => `${action.split(':')[1]} of ${place}`),
          ),
      ),
  );
  return [...new Set(granted)].sort();
}

for (const { entry, environment } of listFunctions(configuration)) {
  test(`${entry} may do what it does, and nothing else`, () => {
    const suffixes = entry === 'queue/process-task' ? configuration.settings.providers : [{ name: '' }];
    for (const { name } of suffixes) {
      const granted = grantedTo(functionName('test', entry, name));
      const byMapping = grantedToMapping(entry);
      const called = calledBy(entry, environment);
      const calledHere = called.filter((call) => !byMapping.includes(call));
      assert.deepEqual(
        granted.filter((grant) => !byMapping.includes(grant)),
        calledHere,
      );
      for (const grant of byMapping) assert.ok(granted.includes(grant), `${grant} is CDK's no more`);
    }
  });
}

test('every command of the adapters and every kind of rows is found from some function', () => {
  const all = new Set(
    listFunctions(configuration).flatMap(({ entry, environment }) => calledBy(entry, environment)),
  );
  for (const kind of Object.keys(stateRows))
    assert.ok(
      [...all].some((call) => call.endsWith(` of ${kind}`)),
      kind,
    );
});
