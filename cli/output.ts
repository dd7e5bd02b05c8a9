import { exactJson } from '../client/exact-json.ts';

export interface Output {
  /** One value of JSON a line, for programs; else text for people. */
  json: boolean;
  /** Prints a result: the value as JSON, or what `describe` makes of it. */
  result<T>(value: T, describe: (value: T) => string): void;
  /** Prints a piece of text as it is, to people alone. */
  piece(text: string): void;
  /** Tells people what goes on, beside the results. */
  note(text: string): void;
}

export function createOutput(
  json: boolean,
  out: NodeJS.WritableStream,
  notes: NodeJS.WritableStream,
): Output {
  return {
    json,
    result(value, describe) {
      out.write(`${json ? exactJson.stringify(value) : describe(value)}\n`);
    },
    piece(text) {
      if (!json) out.write(text);
    },
    note(text) {
      notes.write(`${text}\n`);
    },
  };
}

/** Columns as wide as their widest cell; the first row is the heading. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function usd(amount: number): string {
  return `$${amount < 0.01 ? Number(amount.toPrecision(3)) : amount.toFixed(2)}`;
}
