import { operations } from './operations.ts';

/** The methods of a path in upper case, sorted; empty where no operation has the path. */
export function findAllowedMethods(path: string): string[] {
  const steps = path.split('/');
  const methods = operations
    .filter((operation) => matches(operation.path.split('/'), steps))
    .map(({ method }) => method.toUpperCase());
  return [...new Set(methods)].sort();
}

function matches(template: string[], steps: string[]): boolean {
  return (
    template.length === steps.length &&
    template.every((part, index) => (part.startsWith('{') ? steps[index] !== '' : part === steps[index]))
  );
}
