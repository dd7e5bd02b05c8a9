/** A line that is not blank. */
export interface InputLine {
  /** Undefined: it is longer than is taken, or no UTF-8. */
  text: string | undefined;
  /** As an editor counts, from 1, from where the reading began. */
  number: number;
  /** Of the bytes behind its line break, counted from the beginning of the input. */
  end: number;
}

/** Of a line: as much as a request may have. */
const longestLine = 5 * 1024 * 1024;

const lineFeed = 0x0a;

/**
 * The lines of bytes that come in pieces, without blank ones.
 *
 * @param from of the first byte, counted from the beginning of the input
 */
export async function* readLines(source: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<InputLine> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let end = from;
  let number = 0;

  function close(): InputLine | undefined {
    number += 1;
    const text = length > longestLine ? undefined : decode(pieces, number === 1 && from === 0);
    pieces = [];
    length = 0;
    return text?.trim() === '' ? undefined : { text, number, end };
  }

  function keep(piece: Uint8Array): void {
    end += piece.byteLength;
    length += piece.byteLength;
    // What is too long is counted and not kept.
    if (length <= longestLine) pieces.push(piece);
    else pieces = [];
  }

  for await (const chunk of source) {
    let start = 0;
    for (;;) {
      const at = chunk.indexOf(lineFeed, start);
      if (at < 0) break;
      keep(chunk.subarray(start, at));
      end += 1;
      const line = close();
      if (line) yield line;
      start = at + 1;
    }
    if (start < chunk.byteLength) keep(chunk.subarray(start));
  }
  if (length === 0) return;
  const line = close();
  if (line) yield line;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byteOrderMark = /^\uFEFF/;

function decode(pieces: Uint8Array[], isFirst: boolean): string | undefined {
  try {
    const text = utf8.decode(Buffer.concat(pieces));
    return isFirst ? text.replace(byteOrderMark, '') : text;
  } catch {
    return undefined;
  }
}
