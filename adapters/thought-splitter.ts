/** What a model wrote, told apart. */
export interface Split {
  answer: string;
  thought: string;
}

export interface ThoughtSplitter {
  /** The next piece of the text; of what may be the beginning of a mark nothing is told yet. */
  read(piece: string): Split;
  /** What was held back. */
  finish(): Split;
}

const names =
  '(?:think|thinking|thoughts?|reasoning|reflection|scratchpad|antthinking|seed:think|longcat_think)';
const channel = (which: string) =>
  `(?:<\\|start\\|>assistant)?<\\|channel\\|>${which}[^<]{0,60}(?:<\\|constrain\\|>[^<]{0,20})?<\\|message\\|>`;

// What servers leave of a chat template in an answer: DeepSeek R1, Qwen3, GLM and many more (<think>), Mistral
// ([THINK]), Kimi (◁think▷), OpenThinker (<|begin_of_thought|>), Cohere (<|START_THINKING|>), Gemma
// (<|channel>thought), gpt-oss (<|channel|>analysis<|message|>…: https://github.com/openai/harmony).
const opening = [
  `<${names}(?:\\s[^<>]{0,40})?>`,
  '\\[THINK\\]',
  '◁think▷',
  '<\\|begin_of_thought\\|>',
  '<\\|START_THINKING\\|>',
  '<\\|channel>thought',
  channel('(?:analysis|commentary)'),
];
const closing = [
  `<\\/${names}\\s*>`,
  '\\[\\/THINK\\]',
  '◁\\/think▷',
  '<\\|end_of_thought\\|>',
  '<\\|END_THINKING\\|>',
  '<channel\\|>',
  channel('final'),
];
/** They end a message and say nothing. */
const ending = ['<\\|(?:end|return|call|START_RESPONSE|END_RESPONSE)\\|>'];

const marks = new RegExp(
  `(?<opens>${opening.join('|')})|(?<closes>${closing.join('|')})|(?<ends>${ending.join('|')})`,
  'gi',
);
/** The beginning of a mark at the end of a text. */
const half = [
  '<[^<>\\s]{0,24}',
  `<${names}\\s[^<>]{0,40}`,
  '<\\|channel>[a-z]{0,7}',
  '\\[\\/?[A-Z]{0,5}',
  '◁\\/?[a-z]{0,5}',
];
const halfMark = new RegExp(
  `(?:<\\|start\\|>[a-z]{0,9})?(?:<\\|channel\\|>[^<]{0,60}(?:<\\|constrain\\|>[^<]{0,20})?)?(?:${half.join('|')})?$`,
  'i',
);
const longestHalf = 160;

/** A thought begins where a line does; elsewhere its mark is spoken about. */
const isLineStart = (before: string) => /(?:^|\n)[^\S\n]*$/.test(before);
/** It stands in quotes, or in a text of JSON, which has no line break. */
const isQuoted = (before: string, line: Line) => line.inText || /[`'“‘«]$/.test(before);

interface Line {
  inText: boolean;
  isEscaped: boolean;
}

/**
 * Tells thoughts from the answer, however they are marked. A thought that is never closed goes to the end of the text.
 * One whose beginning stands in the prompt is closed alone: what this read told as the answer before it was none.
 */
export function createThoughtSplitter(): ThoughtSplitter {
  let rest = '';
  let inThought = false;
  /** The last of the answer. */
  let before = '';
  const line = { inText: false, isEscaped: false };
  /** What came before the first word: an answer's own, as in its whole text, but nobody's behind a thought. */
  let blanks = '';
  let isBlank = true;
  let isBehindThought = false;

  function tell(split: Split, text: string): void {
    if (inThought) {
      split.thought += text;
      return;
    }
    before = (before + text).slice(-longestHalf);
    follow(line, text);
    if (!isBlank) {
      split.answer += text;
      return;
    }
    const words = text.trimStart();
    if (!isBehindThought) blanks += text.slice(0, text.length - words.length);
    if (words === '') return;
    isBlank = false;
    split.answer += blanks + words;
  }

  function leaveThought(): void {
    isBehindThought = true;
    isBlank = true;
    blanks = '';
  }

  function meet(
    mark: string,
    { opens, closes, ends }: Record<string, string | undefined>,
    split: Split,
  ): void {
    if (ends) return;
    if (opens && inThought) return;
    if (isQuoted(before, line) || (opens && !isLineStart(before))) {
      tell(split, mark);
      return;
    }
    if (opens) {
      inThought = true;
      if (isBlank) leaveThought();
      return;
    }
    if (closes && !inThought) {
      split.thought += split.answer;
      split.answer = '';
    }
    inThought = false;
    before = '';
    line.inText = false;
    leaveThought();
  }

  function take(isLast: boolean): Split {
    const split: Split = { answer: '', thought: '' };
    let done = 0;
    for (const mark of rest.matchAll(marks)) {
      tell(split, rest.slice(done, mark.index));
      meet(mark[0], mark.groups ?? {}, split);
      done = mark.index + mark[0].length;
    }
    const end = isLast ? rest.length : Math.max(done, startOfHalfMark(rest));
    tell(split, rest.slice(done, end));
    rest = rest.slice(end);
    if (isLast && isBlank && !inThought) split.answer += blanks;
    return split;
  }

  return {
    read(piece) {
      rest += piece;
      return take(false);
    },
    finish: () => take(true),
  };
}

function follow(line: Line, text: string): void {
  for (const letter of text) {
    if (letter === '\n') line.inText = false;
    else if (letter === '"' && !line.isEscaped) line.inText = !line.inText;
    line.isEscaped = letter === '\\' && line.inText && !line.isEscaped;
  }
}

function startOfHalfMark(text: string): number {
  const from = Math.max(0, text.length - longestHalf);
  return from + text.slice(from).search(halfMark);
}
