interface Source {
  source?: string;
}

/**
 * JSON whose numbers keep their digits: an id such as 9007199254740993 comes out as it went in. A number that a double would
 * change is an object that JSON.stringify writes as it was (https://tc39.es/proposal-json-parse-with-source/).
 */
export const exactJson: Pick<JSON, 'parse' | 'stringify'> = {
  parse: (text: string) => JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]),
  stringify: JSON.stringify,
};

const { rawJSON } = JSON as unknown as { rawJSON?: (text: string) => unknown };

function keepDigits(_name: string, value: unknown, { source }: Source = {}): unknown {
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  // Browsers of before 2025 may not have it.
  return rawJSON ? rawJSON(source) : value;
}
