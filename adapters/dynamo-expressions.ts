import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item, ItemUpdate } from './dynamo-item.ts';

const marshallOptions = { removeUndefinedValues: true, convertEmptyValues: false } as const;

export function toAttributes(item: object) {
  return marshall({ ...item }, marshallOptions);
}

/** UpdateExpression, ConditionExpression and what their placeholders stand for. */
export function expressions(update: ItemUpdate) {
  const values: Item = { ...update.values };
  const clause = (keyword: string, prefix: string, members: Item | undefined, join: string) => {
    const parts = Object.entries(members ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const placeholder = `${prefix}_${name.replace('.', '_')}`;
        values[placeholder] = value;
        return `${path(name)}${join}:${placeholder}`;
      });
    return { keyword, parts };
  };
  const set = clause('SET', 's', update.set, ' = ');
  set.parts.push(
    ...Object.entries(update.setTo ?? {}).map(([name, expression]) => `${path(name)} = ${expression}`),
  );
  const text = [
    set,
    clause('ADD', 'a', update.add, ' '),
    { keyword: 'REMOVE', parts: (update.remove ?? []).map(path) },
  ]
    .filter(({ parts }) => parts.length > 0)
    .map(({ keyword, parts }) => `${keyword} ${parts.join(', ')}`)
    .join(' ');
  return {
    UpdateExpression: text,
    ...(update.condition && { ConditionExpression: update.condition }),
    ...placeholders([text, update.condition ?? ''], values, update.names),
  };
}

/** ConditionExpression and what its placeholders stand for; nothing without a condition. */
export function conditional(condition: string | undefined) {
  return condition ? { ConditionExpression: condition, ...placeholders([condition], {}) } : {};
}

function path(name: string): string {
  return name.replace(/[^.]+/g, '#$&');
}

/** Names and values of the placeholders that the texts use; DynamoDB refuses any that none uses. */
export function placeholders(texts: string[], values: Item, attributeNames: Record<string, string> = {}) {
  const { names, values: usedValues } = readPlaceholders(texts.join(' '));
  const used = Object.entries(values).filter(([name]) => usedValues.has(name));
  return {
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(
        names.map((name) => [`#${name}`, attributeNames[name] ?? name]),
      ),
    }),
    ...(used.length > 0 && {
      ExpressionAttributeValues: toAttributes(
        Object.fromEntries(used.map(([name, value]) => [`:${name}`, value])),
      ),
    }),
  };
}

interface Placeholders {
  names: readonly string[];
  values: ReadonlySet<string>;
}

/** Most texts are written again and again; of others there are as many as there are counters that change together. */
const known = new Map<string, Placeholders>();
const mostKnown = 500;

function readPlaceholders(text: string): Placeholders {
  let found = known.get(text);
  if (!found) {
    const named = (sign: string) =>
      new Set([...text.matchAll(new RegExp(`${sign}(\\w+)`, 'g'))].map(([, name = '']) => name));
    found = { names: [...named('#')], values: named(':') };
    if (known.size >= mostKnown) known.clear();
    known.set(text, found);
  }
  return found;
}
