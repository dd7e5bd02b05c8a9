import { CheckTooLongError, type CompilePattern, type Pattern } from '../core/json-schema/pattern.ts';
import { compileLinear } from './linear-pattern.ts';
import { createRegexThread, type RegexThread } from './regex-thread.ts';

/** The longest that one text may take in the thread. */
const longestTestMs = 500;
/** A check of a value that only waits for the thread ends after about half a second. */
const unitsPerMs = 2_000;
/** Compiled expressions that are kept: tasks of one kind have the same. */
const mostKept = 200;

/**
 * Regular expressions of ECMA-262 that cannot hold up their caller: RE2 where it can, else V8 in a thread that is ended
 * when it is late.
 */
export function createPatternCompiler(): CompilePattern {
  const kept = new Map<string, Pattern | undefined>();
  const threaded = new WeakSet<Pattern>();
  const thread = createRegexThread();
  return async (source) => {
    const known = kept.get(source);
    if (known && threaded.has(known)) await thread.ready();
    if (known || kept.has(source)) return known;
    const pattern = await compile(source, thread, threaded);
    if (kept.size >= mostKept) kept.clear();
    kept.set(source, pattern);
    return pattern;
  };
}

/** @param threaded gets what runs in the thread */
async function compile(
  source: string,
  thread: RegexThread,
  threaded: WeakSet<Pattern>,
): Promise<Pattern | undefined> {
  const expression = [source, escapeLess(source)].find(isExpression);
  if (expression === undefined) return undefined;
  const linear = await compileLinear(expression);
  if (linear) {
    const cost = linear.programSize() / 10;
    return {
      test(text, spend) {
        spend(1 + cost * text.length);
        return linear.test(text);
      },
    };
  }
  // V8 finds only now that an expression is too large.
  await thread.ready();
  if (thread.test(expression, '', longestTestMs) === 'failed') return undefined;
  const pattern: Pattern = {
    test(text, spend) {
      const startedAt = performance.now();
      const answer = thread.test(expression, text, longestTestMs);
      if (typeof answer !== 'boolean') throw new CheckTooLongError();
      spend((performance.now() - startedAt) * unitsPerMs);
      return answer;
    },
  };
  threaded.add(pattern);
  return pattern;
}

function isExpression(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
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
