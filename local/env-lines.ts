export interface WrongLine {
  /** From 1. */
  line: number;
  message: string;
}

const assignment = /^(?:export\s+)?([^=]*?)\s*=\s*(.*)$/;
const name = /^[A-Za-z_]\w*$/;

/**
 * Lines of a `.env` that `parseEnv` of Node would read as something else than is written there, or not at all. Never names a
 * value, which may be a secret.
 */
export function findWrongLines(text: string): WrongLine[] {
  const lines = text.split('\n');
  const wrong: WrongLine[] = [];
  const setIn = new Map<string, number>();
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    const written = (lines[index] ?? '').trim();
    if (written === '' || written.startsWith('#')) continue;
    const [, variable, value = ''] = assignment.exec(written) ?? [];
    if (variable === undefined) {
      wrong.push({ line, message: 'sets no variable: write NAME=value' });
      continue;
    }
    const before = setIn.get(variable);
    const problem = !name.test(variable)
      ? `names a variable ${JSON.stringify(variable)}: letters, digits and _ are allowed`
      : before !== undefined
        ? `sets ${variable} again, which line ${before} sets`
        : whatIsWrong(value);
    if (problem !== undefined) wrong.push({ line, message: problem });
    setIn.set(variable, line);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined || value.indexOf(quote, 1) > 0) continue;
    const closing = lines.findIndex((each, other) => other > index && each.includes(quote));
    const inside = closing < 0 ? [] : lines.slice(index + 1, closing + 1);
    const next = inside.findIndex(
      (each) => assignment.test(each.trim()) && /^\s*(export\s+)?[A-Z]/.test(each),
    );
    if (closing < 0) wrong.push({ line, message: `opens a quote (${quote}) that no line closes` });
    else if (next >= 0)
      wrong.push({ line, message: `opens a quote (${quote}) that goes on over line ${line + next + 1}` });
    else index = closing;
  }
  return wrong;
}

function whatIsWrong(value: string): string | undefined {
  if (/^[“”„‘’«]/.test(value)) return 'begins with a typographic quote, which would be part of the value';
  const quote = /^["'`]/.exec(value)?.[0];
  const end = quote === undefined ? -1 : value.indexOf(quote, 1);
  if (end > 0 && !/^\s*(#.*)?$/.test(value.slice(end + 1)))
    return 'has text behind the closing quote, which would be lost: put all of it into other quotes';
  if (quote === undefined && /[^\s]#/.test(value))
    return 'has a # that would end the value: put the value into quotes, or a space before the remark';
  return undefined;
}
