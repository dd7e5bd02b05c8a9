import type { ReadStream, WriteStream } from 'node:tty';

/** Reads a secret: typed without echo at a terminal, else all of what a pipe brings. Throws an Error where it was given up. */
export async function askSecret(
  label: string,
  input: ReadStream = process.stdin,
  output: Pick<WriteStream, 'write'> = process.stderr,
): Promise<string> {
  if (!input.isTTY) return (await input.toArray()).join('');
  output.write(`${label}: `);
  input.setRawMode(true);
  input.setEncoding('utf8');
  try {
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

const [interrupt, endOfInput] = ['\u0003', '\u0004'];
const rubOuts = ['\b', '\u007f'];

async function readLine(input: ReadStream): Promise<string> {
  let typed = '';
  for await (const chunk of input as AsyncIterable<string>)
    for (const character of chunk) {
      if (character === interrupt) throw new Error('Nothing was changed');
      if (['\r', '\n', endOfInput].includes(character)) return typed;
      typed = rubOuts.includes(character) ? typed.slice(0, -1) : typed + character;
    }
  return typed;
}
