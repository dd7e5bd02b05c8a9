const longest = 60;

/** The beginning of a value's JSON; undefined: there is no value. */
export function quoteJson(value: unknown): string | undefined {
  const text: string | undefined = JSON.stringify(value);
  return text !== undefined && text.length > longest ? `${text.slice(0, longest)}…` : text;
}
