// Which permission each call needs:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
import type { Value } from '../template/cloud-assembly.ts';
import { listWrites } from './dynamodb-transaction.ts';
import type { AccessRequest } from './iam.ts';

/** @param tableArn ARN of every table, up to the table's name. @param hashKey name of a table's partition key. */
export function dynamoDbAccess(
  operation: string,
  input: Value,
  tableArn: string,
  hashKey: (table: string) => string | undefined,
): AccessRequest[] {
  const request = (action: string, table: string, keys: Value[], index?: string): AccessRequest => {
    const name = hashKey(table) ?? '';
    const leading = keys.map((key) => plain(key?.[name])).filter((value) => value !== undefined);
    return {
      action: `dynamodb:${action}`,
      resource: `${tableArn}${table}${index ? `/index/${index}` : ''}`,
      ...(leading.length > 0 && { context: { 'dynamodb:LeadingKeys': leading } }),
    };
  };
  if (operation === 'ListTables') return [{ action: 'dynamodb:ListTables', resource: '*' }];
  if (operation === 'BatchGetItem') {
    return Object.entries<Value>(input.RequestItems).map(([table, { Keys }]) =>
      request(operation, table, Keys),
    );
  }
  if (operation === 'BatchWriteItem') {
    return Object.entries<Value>(input.RequestItems).map(([table, writes]) =>
      request(
        operation,
        table,
        writes.map((write: Value) => write.PutRequest?.Item ?? write.DeleteRequest?.Key),
      ),
    );
  }
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
  if (operation === 'TransactWriteItems')
    return listWrites(input).map((write) =>
      request(write.operation, write.input.TableName, [write.input.Key ?? write.input.Item]),
    );
  if (operation === 'Query') {
    const keys = input.IndexName ? [] : [queriedKey(input, hashKey(input.TableName) ?? '')];
    return [request(operation, input.TableName, keys, input.IndexName)];
  }
  return [request(operation, input.TableName, [input.Key ?? input.Item], input.IndexName)];
}

/** The partition key that a query names, as an item would have it. */
function queriedKey(input: Value, hashKey: string): Value {
  for (const [, left = '', right = ''] of String(input.KeyConditionExpression).matchAll(
    /([#\w]+)\s*=\s*(:\w+)/g,
  )) {
    if ((input.ExpressionAttributeNames?.[left] ?? left) === hashKey) {
      return { [hashKey]: input.ExpressionAttributeValues?.[right] };
    }
  }
  return undefined;
}

const plain = (attribute: Value): string | undefined => attribute?.S ?? attribute?.N ?? attribute?.B;
