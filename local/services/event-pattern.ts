// Event patterns of EventBridge rules and of event source filters:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import type { Value } from '../template/cloud-assembly.ts';

const operators: Record<string, (argument: Value, value: Value) => boolean> = {
  prefix: (argument, value) => typeof value === 'string' && value.startsWith(argument),
  suffix: (argument, value) => typeof value === 'string' && value.endsWith(argument),
  'equals-ignore-case': (argument, value) =>
    typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase(),
  'anything-but': (argument, value) => value !== undefined && !isExcluded(argument, value),
  numeric: (argument, value) => typeof value === 'number' && isInRange(argument, value),
};

/** Throws an error that names an operator which is not served. */
export function checkPattern(pattern: Value): void {
  for (const [key, rule] of Object.entries<Value>(pattern)) {
    if (!Array.isArray(rule)) checkPattern(rule);
    else if (key === '$or') rule.forEach(checkPattern);
    else {
      const unknown = rule
        .filter(isObject)
        .flatMap(Object.keys)
        .find((name) => name !== 'exists' && !(name in operators));
      if (unknown) throw new Error(`Event pattern operator ${unknown} (of ${key}) is not served locally`);
    }
  }
}

export function matchesPattern(pattern: Value, event: Value): boolean {
  return Object.entries<Value>(pattern).every(([key, rule]) => {
    if (key === '$or') return rule.some((alternative: Value) => matchesPattern(alternative, event));
    const value = event?.[key];
    if (!Array.isArray(rule)) return isObject(value) ? matchesPattern(rule, value) : matchesAbsence(rule);
    return rule.some((option) => matchesOption(option, value));
  });
}

/** A nested pattern holds without its object only when all it asks is absence. */
function matchesAbsence(pattern: Value): boolean {
  return Object.values<Value>(pattern).every((rule) =>
    Array.isArray(rule) ? rule.some((option) => option?.exists === false) : matchesAbsence(rule),
  );
}

function matchesOption(option: Value, value: Value): boolean {
  if (isObject(option) && 'exists' in option) {
    return option.exists === (value !== undefined && !isObject(value));
  }
  const values = Array.isArray(value) ? value : [value];
  if (!isObject(option)) return values.includes(option);
  const [name = ''] = Object.keys(option);
  return values.some((entry) => operators[name]?.(option[name], entry) ?? false);
}

function isExcluded(argument: Value, value: Value): boolean {
  const rules = Array.isArray(argument) ? argument : [argument];
  return rules.some((rule) => {
    if (!isObject(rule)) return rule === value;
    const [name = ''] = Object.keys(rule);
    const options = Array.isArray(rule[name]) ? rule[name] : [rule[name]];
    return options.some((option: Value) => operators[name]?.(option, value));
  });
}

function isInRange(argument: Value[], value: number): boolean {
  for (let index = 0; index < argument.length; index += 2) {
    const bound = Number(argument[index + 1]);
    const holds: Record<string, boolean> = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (!holds[argument[index]]) return false;
  }
  return true;
}

const isObject = (value: Value): boolean =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
