import type { CompilePattern, Pattern } from '../core/json-schema/pattern.ts';
import { compileLinear } from './linear-pattern.ts';
import { runInTime } from './run-in-time.ts';

/** Compiled expressions that are kept: tasks of one kind have the same. */
const mostKept = 200;
/** V8 finds only by the first use that an expression is too large. */
const firstUseMs = 250;

/** Regular expressions of ECMA-262: by RE2 where it has what they use, else by V8, which backtracks. */
export function createPatternCompiler(): CompilePattern {
  const kept = new Map<string, Pattern | undefined>();
  return async (source) => {
    if (kept.has(source)) return kept.get(source);
    const pattern = await compile(source);
    if (kept.size >= mostKept) kept.clear();
    kept.set(source, pattern);
    return pattern;
  };
}

async function compile(source: string): Promise<Pattern | undefined> {
  for (const text of [source, escapeLess(source)]) {
    const expression = toExpression(text);
    if (expression) return (await toLinearPattern(text)) ?? toBacktrackingPattern(expression);
  }
  return undefined;
}

async function toLinearPattern(text: string): Promise<Pattern | undefined> {
  const linear = await compileLinear(text);
  if (!linear) return undefined;
  const cost = linear.programSize() / 10;
  return {
    backtracks: false,
    test(subject, spend) {
      spend(1 + cost * subject.length);
      return linear.test(subject);
    },
  };
}

function toBacktrackingPattern(expression: RegExp): Pattern | undefined {
  return isUsable(expression) ? { backtracks: true, test: (subject) => expression.test(subject) } : undefined;
}

function isUsable(expression: RegExp): boolean {
  try {
    return runInTime(() => expression.test(''), firstUseMs) !== undefined;
  } catch {
    return false;
  }
}

function toExpression(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

/**
 * What other languages allow and flag `u` does not, though there is no doubt what it means: an escaped character that
 * needs no escape (`\-`, `\@`, `\"`), and a hyphen after a class in brackets (`[\w-.]`).
 */
function escapeLess(source: string): string {
  return source
    .replace(/\\([\s\S])/g, (escaped, character: string) =>
      /[!-/:-@[-`{-~]/.test(character) && !/[\^$\\.*+?()[\]{}|/-]/.test(character) ? character : escaped,
    )
    .replace(/(\[(?:\\.|[^\]\\])*\])|\\-/g, (match, inBrackets: string | undefined) =>
      inBrackets === undefined ? '-' : match.replace(/(\\[wdsWDS])-(?!\])/g, '$1\\-'),
    );
}
