/**
 * JSON with the members of every object sorted by name, so that equal values have the same text, whatever the order of
 * their members. Numbers are written as they came: 1 and 1.0 differ.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (isRecord(member) ? sorted(member) : member));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, record[key]]),
  );
}
