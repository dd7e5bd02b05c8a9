import { createThoughtSplitter, type Split } from './thought-splitter.ts';

/** Where a server takes the marks for special tokens and leaves out all but the words: gpt-oss, Granite. */
const spelled = [
  /^\s*(?:analysis|commentary)(?=[A-Z\s])[\s\S]*?assistantfinal/,
  /^\s*Here(?:'s| is) my thought process:[\s\S]*?Here(?:'s| is) my response:/,
];

/** A whole text without its thoughts. */
export function leaveOutThoughts(text: string): Split {
  const splitter = createThoughtSplitter();
  const first = splitter.read(text);
  const last = splitter.finish();
  const answer = first.answer + last.answer;
  const isChanged = answer !== text;
  if (isChanged) return { answer, thought: first.thought + last.thought };
  const head = spelled.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  if (head === undefined) return { answer: text, thought: '' };
  return { answer: text.slice(head.length).trimStart(), thought: head };
}
