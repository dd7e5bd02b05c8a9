const utf8 = [0xef, 0xbb, 0xbf];
/** The longer first: the mark of UTF-32LE begins with that of UTF-16LE. */
const others: [name: string, mark: number[]][] = [
  ['UTF-32LE', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32BE', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16LE', [0xff, 0xfe]],
  ['UTF-16BE', [0xfe, 0xff]],
];

const beginsWith = (bytes: Uint8Array, mark: readonly number[]) =>
  mark.every((byte, index) => bytes[index] === byte);

/**
 * The text of a file that a person wrote, without its byte order mark. Throws an Error that names any other encoding:
 * read as UTF-8 it would be names that nobody knows, and a configuration that was not read counts as none.
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  const wrong = others.find(([, mark]) => beginsWith(bytes, mark))?.[0] ?? guessWithoutMark(bytes);
  if (wrong) throw new Error(`${file} is ${wrong}: save it as UTF-8`);
  try {
    const content = beginsWith(bytes, utf8) ? bytes.subarray(utf8.length) : bytes;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new Error(`${file} is not UTF-8 (perhaps Windows-1252): save it as UTF-8`, { cause });
  }
}

/** Latin letters in UTF-16 have a NUL before or behind each. */
function guessWithoutMark(bytes: Uint8Array): string | undefined {
  if (bytes.length > 1 && bytes[1] === 0 && bytes[0] !== 0) return 'UTF-16LE';
  if (bytes.length > 1 && bytes[0] === 0 && bytes[1] !== 0) return 'UTF-16BE';
  return bytes.includes(0) ? 'no text (it has NUL bytes)' : undefined;
}
