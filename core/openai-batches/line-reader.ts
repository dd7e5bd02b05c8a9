import type { FileContents } from '../files/file-store.ts';
import { readFile } from '../files/read-file.ts';
import { type InputLine, readLines } from './batch-lines.ts';
import type { OpenaiBatch } from './openai-batch.ts';

/** Read at once, so that no connection is kept while a portion is under way; more where no line ends in it. */
const chunkBytes = 4 * 1024 * 1024;

/** The lines of a batch's input that are not taken, from where the batch stands. */
export class LineReader {
  readonly #contents: Pick<FileContents, 'read'>;
  /** Lines that were read and are not taken. */
  #waiting: InputLine[] = [];
  /** Where a next read begins; that of a batch it was not read for is another. */
  #position: number;

  constructor({ work }: OpenaiBatch, contents: Pick<FileContents, 'read'>) {
    this.#contents = contents;
    this.#position = work.nextByte;
  }

  /** Up to so many lines and bytes, one line at least. They count as taken when `take` is told so. Throws ContentGone. */
  async peek(
    { work }: Pick<OpenaiBatch, 'work'>,
    most: { lines: number; bytes: number },
  ): Promise<InputLine[]> {
    this.#waiting = this.#waiting.filter(({ end }) => end > work.nextByte);
    const size = work.input.reduce((sum, { bytes }) => sum + bytes, 0);
    const found = () => {
      const start = this.#waiting.findIndex(({ end }) => end - work.nextByte > most.bytes);
      const fitting = start < 0 ? this.#waiting.length : Math.max(1, start);
      return Math.min(fitting, most.lines);
    };
    while (found() < most.lines && found() === this.#waiting.length && this.#position < size)
      await this.#readOn(work, size);
    return this.#waiting.slice(0, found());
  }

  async #readOn({ input }: OpenaiBatch['work'], size: number): Promise<void> {
    for (let bytes = chunkBytes; ; bytes *= 2) {
      const from = this.#position;
      const to = Math.min(size, from + bytes);
      const lines = await Array.fromAsync(readLines(readFile(input, this.#contents, from, to), from));
      // The last one may go on behind the chunk.
      const whole = to === size ? lines : lines.filter(({ end }) => end < to);
      const last = whole.at(-1);
      this.#waiting.push(...whole);
      this.#position = to === size ? size : (last?.end ?? from);
      if (last || to === size) return;
    }
  }
}
