/** A value in force: its place in the configuration's file, or its variable where the file has none. */
export interface Row {
  name: string;
  value: string;
  /** Such as `configs/config.yaml:12`, `LLM_PORT in .env` or `default`. */
  origin: string;
}

const widest = 44;

/** A line each, in columns. */
export function formatRows(rows: readonly Row[]): string {
  const width = (of: (row: Row) => string) =>
    Math.min(widest, Math.max(...rows.map((row) => of(row).length)));
  const [names, values] = [width(({ name }) => name), width(({ value }) => value)];
  return rows
    .map(({ name, value, origin }) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${origin}`)
    .join('\n');
}
