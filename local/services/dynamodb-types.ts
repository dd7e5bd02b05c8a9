// Whether an input is plainly of the types that dynalite's rules say. dynalite finds that out by making the whole input anew,
// and the rules of each value with it: more work than the call itself. What is not plain is its to convert or to refuse.
import type { Value } from '../template/cloud-assembly.ts';

/** Of a rule: `String`, or `Map<AttributeValue>` with the rule of its members. */
type Rule = string | { readonly type?: string; readonly children?: Value };
type Check = (value: Value) => boolean;

const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf =
  (member: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(member);
const isMapOf =
  (member: Check): Check =>
  (value) => {
    if (!isObject(value)) return false;
    for (const name of Object.keys(value)) if (!member(value[name])) return false;
    return true;
  };
/** dynalite's, for it converts or refuses such values. */
const never: Check = () => false;

const attributeTypes: Record<string, Check> = {
  S: isString,
  N: isString,
  BOOL: isBoolean,
  NULL: isBoolean,
  SS: isListOf(isString),
  NS: isListOf(isString),
  L: isListOf(isAttribute),
  M: isMapOf(isAttribute),
};

/** One value with its type, such as `{ S: 'a' }`; binary ones are never plain. */
function isAttribute(value: Value): boolean {
  if (!isObject(value)) return false;
  const [type, ...others] = Object.keys(value);
  if (type === undefined || others.length > 0 || !Object.hasOwn(attributeTypes, type)) return false;
  return attributeTypes[type]?.(value[type]) === true;
}

/**
 * Makes the check of an operation's rules. It answers what dynalite would make of the input, or undefined where that is not
 * plain. Members without a rule are left out, as dynalite does.
 */
export function compileTypes(rules: Readonly<Record<string, Rule>>): (input: Value) => Value | undefined {
  const checks = Object.entries(rules).map(([name, rule]) => [name, compile(rule)] as const);
  return (input) => {
    const plain: Record<string, Value> = {};
    for (const [name, check] of checks) {
      const value = input[name];
      if (value === undefined || value === null) continue;
      if (!check(value)) return undefined;
      plain[name] = value;
    }
    return plain;
  };
}

function compile(rule: Rule): Check {
  const { type = '', children } = typeof rule === 'string' ? { type: rule } : rule;
  const name = type.split('<')[0];
  if (name === 'String') return isString;
  if (name === 'Boolean') return isBoolean;
  if (name === 'Integer' || name === 'Long') return Number.isInteger;
  if (name === 'AttrStruct') return isAttribute;
  if (name === 'List' || name === 'ParameterizedList') return isListOf(compile(children));
  if (name === 'Map' || name === 'ParameterizedMap') return isMapOf(compile(children));
  if (name === 'ValueStruct' || name === 'FieldStruct') return compileStructure(children);
  return never;
}

/** One with a member that is not known is not plain. */
function compileStructure(rules: Readonly<Record<string, Rule>>): Check {
  const checks = new Map(Object.entries(rules).map(([name, rule]) => [name, compile(rule)]));
  return (value) =>
    isObject(value) && Object.keys(value).every((name) => checks.get(name)?.(value[name]) === true);
}
