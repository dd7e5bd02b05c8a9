import type { Path } from './read-yaml.ts';

/** What is wrong, and the path of what it is wrong with. */
export interface Fault {
  path: Path;
  part: 'key' | 'value';
  message: string;
}

/** A fault whose sentence begins with its path. */
export function fault(path: Path, message: string, part: Fault['part'] = 'value'): Fault {
  return { path, part, message: `${nameOf(path)} ${message}` };
}

/** `webhooks.ports[0]`. */
export function nameOf(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** Without what was not said. */
export function said<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
