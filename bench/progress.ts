/** Shows progress: on a terminal in one line that is rewritten, elsewhere in a new line every ten seconds. */
export function createProgress(title: string): { tell(text: string): void; end(text: string): void } {
  let lastAt = 0;
  const startedAt = Date.now();
  const line = (text: string) =>
    `${title}  ${((Date.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${text}`;
  return {
    tell(text) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line(text)}`);
      else if (Date.now() - lastAt > 10_000) {
        lastAt = Date.now();
        process.stderr.write(`${line(text)}\n`);
      }
    },
    end(text) {
      process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${line(text)}\n`);
    },
  };
}
