import type * as z from 'zod';
import { variablePrefix } from '../provider-variables.ts';
import { shown } from '../shown.ts';
import { type Fault, nameOf } from './faults.ts';
import { adviseSecret, isSecretKey, looksSecret, refuseSecret } from './find-secrets.ts';
import { adviseKey } from './known-keys.ts';
import type { Path } from './read-yaml.ts';

type Issue = z.core.$ZodIssue;

/** A sentence for each of zod's issues; what they lead to is looked up in `root`. */
export function describeIssues(issues: readonly Issue[], root: unknown): Fault[] {
  return issues.flatMap((issue) => describe(issue, root));
}

function describe(issue: Issue, root: unknown): Fault[] {
  const { path } = issue;
  const place = nameOf(path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const own = [...path, key];
      const message = isSecretKey(key)
        ? refuseSecret(own)
        : `${nameOf(own)} is not known: ${adviseKey(path, key)}`;
      return { path: own, part: 'key', message };
    });
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    return [{ path, part: 'key', message: `the name ${place} ${inner?.message ?? 'is wrong'}` }];
  }
  const value = valueAt(root, path);
  if (value === undefined) {
    const wanted = issue.message.replace(/^must be/, 'it must be');
    return [{ path, part: 'key', message: `${place} is missing: ${wanted}` }];
  }
  const subject = place === '' ? 'the file' : place;
  if (value === null)
    return [{ path, part: 'key', message: `${subject} has no value: give it one, or remove the line` }];
  const [section, provider] = path;
  const wanted =
    section === 'providers' && provider !== undefined
      ? issue.message.replaceAll('<PROVIDER>', variablePrefix(String(provider)))
      : issue.message;
  const isMap = typeof value === 'object' && !Array.isArray(value) && /^must be a map/.test(wanted);
  return [{ path, part: 'value', message: `${subject} ${wanted}${isMap ? '' : notShown(path, value)}` }];
}

/** The wrong value, unless it may be a secret. */
function notShown(path: Path, value: unknown): string {
  const key = String(path.at(-1));
  if (key === 'base_url') return '';
  if (path.length === 0 && typeof value === 'string')
    return ', not a text: is a space missing behind a colon?';
  if (typeof value === 'string' && (isSecretKey(key) || looksSecret(value)))
    return `, and never the secret itself: ${adviseSecret(path)}`;
  return `, not ${shown(value)}`;
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    root,
  );
}
