// Remembers parsed expressions. dynalite parses the expressions of each call anew, which costs more than the rest of
// a write, while the service sends the same few of them with other values. How one is parsed depends on the names and
// on the types of the values, not on the values.
import { createRequire } from 'node:module';
import type { Value } from '../template/cloud-assembly.ts';

interface Context {
  readonly attrNames?: Record<string, string>;
  readonly attrVals?: Record<string, Value>;
  readonly unusedAttrNames?: Record<string, boolean>;
  readonly unusedAttrVals?: Record<string, boolean>;
  readonly isKeyCondition?: boolean;
}

interface Parser {
  parse(expression: string, options: { context: Context }): Value;
}

interface Parsed {
  /** The result with a placeholder where a value was. */
  readonly tree: Value;
  readonly usedNames: string[];
  readonly usedValues: string[];
}

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const memoryLimit = 1000;

/** Makes dynalite's parsers remember. Called once, before the first call. */
export function rememberExpressions(): void {
  const load = createRequire(import.meta.url);
  for (const name of ['conditionParser', 'updateParser']) {
    const parser: Parser = load(`dynalite/db/${name}`);
    parser.parse = remember(parser.parse);
  }
}

function remember(parse: Parser['parse']): Parser['parse'] {
  const memory = new Map<string, Parsed>();
  return (expression, options) => {
    const { context } = options;
    // dynalite compares the bounds of BETWEEN while it parses, so here the values matter.
    if (/between/i.test(expression)) return parse(expression, options);
    const types = Object.entries(context.attrVals ?? {}).map(([name, value]) => [
      name,
      Object.keys(value)[0],
    ]);
    const key = JSON.stringify([expression, context.attrNames, types, context.isKeyCondition]);
    const known = memory.get(key);
    if (known) {
      for (const name of known.usedNames) delete context.unusedAttrNames?.[name];
      for (const name of known.usedValues) delete context.unusedAttrVals?.[name];
      return fill(known.tree, context.attrVals ?? {});
    }
    const names = Object.keys(context.unusedAttrNames ?? {});
    const values = Object.keys(context.unusedAttrVals ?? {});
    const result = parse(expression, options);
    if (typeof result === 'string') return result;
    const holders = new Map(Object.entries(context.attrVals ?? {}).map(([name, value]) => [value, name]));
    if (memory.size >= memoryLimit) memory.clear();
    memory.set(key, {
      tree: clear(result, holders),
      usedNames: names.filter((name) => !context.unusedAttrNames?.[name]),
      usedValues: values.filter((name) => !context.unusedAttrVals?.[name]),
    });
    return result;
  };
}

/** The tree with a placeholder for each value. @param holders name of each value */
function clear(node: Value, holders: Map<Value, string>): Value {
  if (node === null || typeof node !== 'object') return node;
  const name = holders.get(node);
  if (name !== undefined) return new Placeholder(name);
  if (Array.isArray(node)) return node.map((entry) => clear(entry, holders));
  return Object.fromEntries(Object.entries(node).map(([key, entry]) => [key, clear(entry, holders)]));
}

/** A copy for each call, because dynalite changes what it parsed. */
function fill(node: Value, values: Record<string, Value>): Value {
  if (node === null || typeof node !== 'object') return node;
  if (node instanceof Placeholder) return values[node.name];
  if (Array.isArray(node)) return node.map((entry) => fill(entry, values));
  const copy: Record<string, Value> = {};
  for (const key of Object.keys(node)) copy[key] = fill(node[key], values);
  return copy;
}
