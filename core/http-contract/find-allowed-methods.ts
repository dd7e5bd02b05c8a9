import type { Operation } from './operation.ts';

/** The methods of a path in upper case, sorted; empty where no operation has the path. A public GET answers HEAD too. */
export function findAllowedMethods(path: string, operations: readonly Operation[]): string[] {
  const steps = path.split('/');
  const found = operations.filter((operation) => matches(operation.path.split('/'), steps));
  // A path as it stands goes before one with parameters: spec.openapis.org/oas/v3.1.0#paths-object.
  const own = found.filter((operation) => operation.path === path);
  const methods = (own.length > 0 ? own : found).flatMap(({ method, public: isPublic }) =>
    isPublic ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return [...new Set(methods)].sort();
}

function matches(template: string[], steps: string[]): boolean {
  return (
    template.length === steps.length &&
    template.every((part, index) => (part.startsWith('{') ? steps[index] !== '' : part === steps[index]))
  );
}
