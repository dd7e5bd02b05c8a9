import { limitNames, StoredLimits, TenantLimits } from '../../core/tenants/tenant-limits.ts';
import { UsageError } from '../command/subcommand.ts';

const lists: readonly string[] = ['providers', 'models'];

/**
 * Limits as the command line has them: `requests_per_minute=60 providers=kimi,openai max_waiting=none budget_per_day=default`.
 * `none`: no such limit, whatever the configuration says. `default`: what the configuration says again. Throws UsageError.
 */
export function readLimits(words: readonly string[], stored: StoredLimits): StoredLimits {
  const limits: Record<string, unknown> = { ...stored };
  for (const word of words) {
    const [name = '', ...rest] = word.split('=');
    const text = rest.join('=');
    if (!limitNames.some((known) => known === name) || rest.length === 0)
      throw new UsageError(
        `${word} is no limit: one is ${limitNames.map((known) => `${known}=…`).join(', ')}`,
      );
    if (text === 'default') delete limits[name];
    else limits[name] = text === 'none' ? null : readValue(name, text);
  }
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
  const { error } = TenantLimits.safeParse(given);
  if (error) {
    const faults = error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`);
    throw new UsageError([...new Set(faults)].join('\n'));
  }
  return StoredLimits.parse(limits);
}

function readValue(name: string, text: string): unknown {
  if (lists.includes(name)) return text.split(',').map((part) => part.trim());
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
