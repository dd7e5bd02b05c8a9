// Filters of event source mappings: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
// Exact values alone are served. An operator, such as `prefix`, is refused by name.
import type { Value } from '../template/cloud-assembly.ts';

/** Throws an error that names an operator which is not served. */
export function checkPattern(pattern: Value): void {
  for (const [key, rule] of Object.entries<Value>(pattern)) {
    if (!Array.isArray(rule)) checkPattern(rule);
    else {
      const operator = key.startsWith('$') ? key : rule.filter(isObject).flatMap(Object.keys)[0];
      if (operator) throw new Error(`Filter operator ${operator} (of ${key}) is not served locally`);
    }
  }
}

/** Whether each member that the pattern names has one of its values; of a list, whether one entry has. */
export function matchesPattern(pattern: Value, event: Value): boolean {
  return Object.entries<Value>(pattern).every(([key, rule]) => {
    const value = event?.[key];
    if (!Array.isArray(rule)) return isObject(value) && matchesPattern(rule, value);
    const values = Array.isArray(value) ? value : [value];
    return values.some((entry) => rule.includes(entry));
  });
}

const isObject = (value: Value): boolean =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
