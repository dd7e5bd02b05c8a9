import type { RE2JS } from 're2js';

/** Larger programs are left to V8, which runs them as fast where they are harmless. */
const largestProgram = 1_000;

const anyCharacter = '[\\x{0}-\\x{10FFFF}]';
const noLineEnd = '[^\\n\\r\\x{2028}\\x{2029}]';
/** `\s` of ECMA-262: WhiteSpace and LineTerminator. RE2's knows ASCII only. */
const spaces =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/** Long names of general categories (Unicode Standard Annex 44 §5.7.1); RE2 knows the short ones. */
const categories: Record<string, string> = {
  Letter: 'L',
  Lowercase_Letter: 'Ll',
  Uppercase_Letter: 'Lu',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Separator: 'Z',
  Space_Separator: 'Zs',
};

/**
 * Compiles an ECMA-262 regular expression of flag `u` to RE2, whose time is linear in the text. Undefined: RE2 has not
 * what it uses (lookaround, references back, counts above 1,000, some properties), or it becomes too large.
 */
export async function compileLinear(source: string): Promise<RE2JS | undefined> {
  const translated = translate(source);
  if (translated === undefined) return undefined;
  // Loaded by the first schema that has a pattern: most have none, and a cold start would pay for it.
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(translated);
    return compiled.programSize() <= largestProgram ? compiled : undefined;
  } catch {
    return undefined;
  }
}

const hex = (code: number) => `\\x{${code.toString(16)}}`;

/** The same expression in RE2's syntax. `source` is one of flag `u`: what that refuses does not come here. */
function translate(source: string): string | undefined {
  let result = '';
  for (let at = 0; at < source.length; ) {
    const piece = readPiece(source, at);
    if (piece === undefined) return undefined;
    result += piece.text;
    at = piece.end;
  }
  return result;
}

interface Piece {
  text: string;
  end: number;
}

function readPiece(source: string, at: number): Piece | undefined {
  switch (source[at]) {
    case '\\':
      return readEscape(source, at, false);
    case '[':
      return readClass(source, at);
    case '(':
      return readGroup(source, at);
    case '.':
      return { text: noLineEnd, end: at + 1 };
    default:
      return { text: source[at] ?? '', end: at + 1 };
  }
}

/** Groups that capture or do not; which one captured is not asked for. */
function readGroup(source: string, at: number): Piece | undefined {
  if (source[at + 1] !== '?') return { text: '(', end: at + 1 };
  if (source.startsWith('(?:', at)) return { text: '(?:', end: at + 3 };
  const name = /^\(\?<[^=!][^>]*>/.exec(source.slice(at));
  return name ? { text: '(', end: at + name[0].length } : undefined;
}

/** @param inClass what stands for several characters is written as it is inside of brackets */
function readEscape(source: string, at: number, inClass: boolean): Piece | undefined {
  const letter = source[at + 1] ?? '';
  const same = { text: `\\${letter}`, end: at + 2 };
  if ('dDwWtnrvf'.includes(letter)) return same;
  if (letter === 's') return { text: inClass ? spaces : `[${spaces}]`, end: at + 2 };
  if (letter === 'S') return inClass ? undefined : { text: `[^${spaces}]`, end: at + 2 };
  if (letter === 'b' || letter === 'B') return inClass ? { text: '\\x08', end: at + 2 } : same;
  if (letter === '0') return { text: '\\x{0}', end: at + 2 };
  if (letter === 'c') return { text: hex(source.charCodeAt(at + 2) % 32), end: at + 3 };
  if (letter === 'x') return { text: `\\x{${source.slice(at + 2, at + 4)}}`, end: at + 4 };
  if (letter === 'u') return readCodePoint(source, at);
  if (letter === 'p' || letter === 'P') return readProperty(source, at);
  return /[A-Za-z0-9]/.test(letter) ? undefined : same;
}

function readCodePoint(source: string, at: number): Piece | undefined {
  const found = /^\\u(?:\{([0-9a-f]+)\}|(d[89ab]..)\\u(d[c-f]..)|([0-9a-f]{4}))/i.exec(source.slice(at));
  if (!found) return undefined;
  const [all, braced, high, low, plain] = found;
  const code =
    high && low
      ? (Number.parseInt(high, 16) - 0xd800) * 0x400 + Number.parseInt(low, 16) - 0xdc00 + 0x10000
      : Number.parseInt(braced ?? plain ?? '', 16);
  // Half a pair matches half a character in V8 only.
  return code >= 0xd800 && code <= 0xdfff ? undefined : { text: hex(code), end: at + all.length };
}

function readProperty(source: string, at: number): Piece | undefined {
  const found = /^\\([pP])\{(?:(?:General_Category|gc|Script|sc)=)?(\w+)\}/.exec(source.slice(at));
  if (!found) return undefined;
  const [all, letter, name = ''] = found;
  return { text: `\\${letter}{${categories[name] ?? name}}`, end: at + all.length };
}

function readClass(source: string, at: number): Piece | undefined {
  if (source.startsWith('[^]', at)) return { text: anyCharacter, end: at + 3 };
  const everything = /^\[(?:\\s\\S|\\S\\s|\\d\\D|\\D\\d|\\w\\W|\\W\\w)\]/.exec(source.slice(at));
  if (everything) return { text: anyCharacter, end: at + everything[0].length };
  let end = at + 1;
  let text = '[';
  if (source[end] === '^') {
    text += '^';
    end += 1;
  }
  // Without a member it matches nothing, which RE2 cannot say.
  if (source[end] === ']') return undefined;
  while (source[end] !== ']') {
    const piece = source[end] === '\\' ? readEscape(source, end, true) : readMember(source, end);
    if (piece === undefined) return undefined;
    text += piece.text;
    end = piece.end;
  }
  return { text: `${text}]`, end: end + 1 };
}

/** In brackets, RE2 reads `[:alpha:]` as a class of its own. */
function readMember(source: string, at: number): Piece | undefined {
  const character = source[at];
  if (character === undefined) return undefined;
  return { text: character === '[' ? '\\[' : character, end: at + 1 };
}
