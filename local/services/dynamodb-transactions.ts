// TransactWriteItems and TransactGetItems:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
// All items are locked in one order, all conditions are checked, and all writes are one batch on disk.
import type { Value } from '../template/cloud-assembly.ts';
import { dynaliteDb, type Item, parseInput, runAction, type Store } from './dynamodb-store.ts';
import type { DynamoDbWriter } from './dynamodb-writer.ts';
import { ServiceFault } from './service-fault.ts';

interface Part {
  readonly kind: string;
  readonly operation: 'PutItem' | 'UpdateItem' | 'DeleteItem';
  readonly data: Value;
  readonly table: string;
  readonly key: string;
}

const operations: Record<string, Part['operation']> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // Parsed as a delete, which has the same members, and never run.
  ConditionCheck: 'DeleteItem',
};

export async function transactWrite(writer: DynamoDbWriter, input: Value): Promise<Value> {
  const parts: Part[] = input.TransactItems.map((entry: Value) => parsePart(entry, writer.store));
  const names = parts.map(({ table, key }) => `${table} ${key}`);
  if (new Set(names).size !== names.length) {
    const message = 'Transaction request cannot include multiple operations on one item';
    throw new ServiceFault(400, 'ValidationException', message);
  }
  const release = await lockAll(parts, writer.store);
  try {
    const transaction = writer.transaction();
    const reasons: Value[] = [];
    for (const part of parts) reasons.push(await tryPart(part, transaction.store));
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    await transaction.commit();
  } finally {
    release();
  }
  return {};
}

export async function transactGet(store: Store, input: Value): Promise<Value> {
  const read = (get: Value) =>
    runAction('GetItem', parseInput('GetItem', { ...get, ConsistentRead: true }, store), store);
  const answers = await Promise.all(input.TransactItems.map(({ Get }: Value) => read(Get)));
  return { Responses: answers.map((answer) => (answer.Item ? { Item: answer.Item } : {})) };
}

function parsePart(entry: Value, store: Store): Part {
  const [kind = ''] = Object.keys(entry);
  const operation = operations[kind];
  if (!operation) throw new ServiceFault(400, 'ValidationException', `Unknown transaction item ${kind}`);
  const returnsOld = entry[kind].ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  const data = parseInput(operation, entry[kind], store);
  if (returnsOld) data._returnsOld = true;
  let description: Value;
  let missing: Value;
  // Answers at once: tables are in memory.
  store.getTable(data.TableName, (error, table) => {
    missing = error;
    description = table;
  });
  if (missing) throw missing;
  const key = dynaliteDb.createKey(data.Key ?? data.Item, description);
  return { kind, operation, data, table: data.TableName, key };
}

async function lockAll(parts: Part[], store: Store): Promise<() => void> {
  const releases: (() => void)[] = [];
  const order = [...parts].sort((a, b) => (a.table + a.key < b.table + b.key ? -1 : 1));
  for (const { table, key } of order) {
    await new Promise<void>((resolve) =>
      store.getItemDb(table).lock(key, (release) => {
        releases.push(release(() => {}) as () => void);
        resolve();
      }),
    );
  }
  return () => {
    for (const release of releases) release();
  };
}

async function tryPart(part: Part, store: Store): Promise<Value> {
  try {
    if (part.kind !== 'ConditionCheck') {
      await runAction(part.operation, part.data, store);
      return { Code: 'None' };
    }
    const existing = await readItem(part, store);
    const failure = dynaliteDb.checkConditional(part.data, existing);
    if (failure) throw failure;
    return { Code: 'None' };
  } catch (error) {
    const { body } = error as Value;
    if (!body) throw error;
    const code = body.__type
      .split('#')
      .at(-1)
      .replace(/Exception$/, '')
      .replace(/^Validation$/, 'ValidationError');
    return { Code: code, Message: body.message, ...(body.Item && { Item: body.Item }) };
  }
}

function readItem(part: Part, store: Store): Promise<Item | undefined> {
  return new Promise((resolve, reject) =>
    store.getItemDb(part.table).get(part.key, (error, item) => {
      if (error && error.name !== 'NotFoundError') reject(error);
      else resolve(item);
    }),
  );
}

function cancelled(reasons: Value[]): ServiceFault {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new ServiceFault(400, 'TransactionCanceledException', message, { CancellationReasons: reasons });
}
